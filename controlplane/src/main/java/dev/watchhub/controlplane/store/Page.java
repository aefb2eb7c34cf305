package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Item;
import java.util.List;

/**
 * Live keys in the order of their bytes, as many as were asked for or fitted.
 *
 * @param items from the first on
 * @param end why there are no more of them
 */
public record Page(List<Item> items, End end) {
  /** Why a page ends where it does. */
  public enum End {
    /** There are no more keys. */
    COMPLETE,
    /** As many as were asked for; there are more. */
    LIMIT,
    /** More would not have fitted into memory. */
    SIZE
  }

  public Page {
    items = List.copyOf(items);
  }
}
