package dev.watchhub.client;

import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.util.List;

/** What a {@link Source} says next. */
sealed interface News {
  /**
   * All that is live now; it replaces what was told before.
   *
   * @param items in the order of keys
   */
  record Everything(List<Item> items) implements News {
    public Everything {
      items = List.copyOf(items);
    }
  }

  /**
   * What came after that which was told before.
   *
   * @param upToDate whether nothing more is known to come
   */
  record Changed(Commit commit, boolean upToDate) implements News {}

  /** Nothing has changed since. */
  record UpToDate() implements News {}

  /**
   * What was told before is void, and {@link Everything} will follow.
   *
   * @param reason for a person
   */
  record StartingOver(String reason) implements News {}
}
