package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Item;
import java.util.List;

/**
 * Live keys in the order of their bytes, as many as were asked for or fitted.
 *
 * @param items from the first on
 * @param end why there are no more of them
 * @param revision the one that was asked for, or the highest that had been given out
 * @param at says which transactions the page has seen; with it the next page fits this one
 */
public record Page(List<Item> items, End end, long revision, String at) {
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
