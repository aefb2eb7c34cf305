package dev.watchhub.client;

import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link Source} says next. */
sealed interface News {
  /**
   * All that is live now; it replaces what was told before.
   *
   * @param items in the order of keys
   * @param extent how far it reaches; null when that is not known
   * @param gone what is known of keys that are not among {@code items}
   */
  record Everything(List<Item> items, @Nullable Extent extent, Gone gone) implements News {
    public Everything {
      items = List.copyOf(items);
    }
  }

  /**
   * What came after that which was told before.
   *
   * @param extent how far all that was told now reaches; null when that is not known
   * @param upToDate whether nothing more is known to come
   */
  record Changed(Commit commit, @Nullable Extent extent, boolean upToDate) implements News {}

  /**
   * Nothing has changed since.
   *
   * @param extent how far all that was told now reaches; null when that is not known
   */
  record UpToDate(@Nullable Extent extent) implements News {}

  /**
   * What was told before is void, and {@link Everything} will follow.
   *
   * @param reason for a person
   */
  record StartingOver(String reason) implements News {}

  /**
   * Evidence that keys were deleted.
   *
   * @param tombstones the newest rows of keys that are not live
   * @param compactedRevision a key that has no row at all had none above this, or has one that
   *     cannot be seen yet; 0 when that is not known
   */
  record Gone(List<Item> tombstones, long compactedRevision) {
    /** No evidence. */
    static final Gone UNKNOWN = new Gone(List.of(), 0);

    public Gone {
      tombstones = List.copyOf(tombstones);
    }
  }
}
