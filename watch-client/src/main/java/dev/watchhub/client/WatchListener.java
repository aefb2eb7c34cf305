package dev.watchhub.client;

import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.util.List;

/**
 * Is told what a {@link Watcher} sees. One call after another, by one thread at a time, and each
 * sees what those before have done; must not throw, should not wait, and must not close the
 * watcher.
 */
public interface WatchListener {
  /** Everything that is live now, in the order of keys; it replaces what was known before. */
  void onSnapshot(List<Item> items);

  /** Changes that belong together; to be applied whole. They follow what was told before. */
  void onCommit(Commit commit);

  /**
   * Everything up to here was told. Comes after what it speaks of, also when nothing has changed:
   * some 10 s after the last time while all is well.
   */
  default void onReached(Reached reached) {}

  /** The status has changed. */
  default void onStatus(WatchStatus status) {}
}
