package dev.watchhub.client;

import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.util.List;

/**
 * Is told what a {@link Watcher} sees. Called by the watcher's one thread, one call after another;
 * must not throw and should not wait.
 */
public interface WatchListener {
  /** Everything that is live now, in the order of keys; it replaces what was known before. */
  void onSnapshot(List<Item> items);

  /** Changes that belong together; to be applied whole. They follow what was told before. */
  void onCommit(Commit commit);

  /** The status has changed. */
  default void onStatus(WatchStatus status) {}
}
