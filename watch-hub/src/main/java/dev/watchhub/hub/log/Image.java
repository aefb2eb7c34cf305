package dev.watchhub.hub.log;

import dev.watchhub.protocol.Item;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The latest row of every key. Immutable: what a reader holds never changes.
 *
 * @param rows by key; a tombstone stays as long as the log holds the commit that wrote it
 * @param liveCount rows that are no tombstones
 */
public record Image(TreePMap<String, Item> rows, int liveCount) {
  /** The image of an empty table. */
  public static final Image EMPTY = new Image(TreePMap.empty(), 0);

  /** The image of a table with these rows, one for each key. */
  public static Image of(Collection<Item> items) {
    TreeMap<String, Item> sorted = new TreeMap<>();
    int live = 0;
    for (Item item : items) {
      Item other = sorted.put(item.key(), item);
      if (other != null) {
        throw new IllegalArgumentException("two rows of " + item.key());
      }
      live += liveOf(item);
    }
    return new Image(TreePMap.fromSortedMap(sorted), live);
  }

  /** The row of {@code key}, which may be a tombstone; null when there is none. */
  public @Nullable Item get(String key) {
    return rows.get(key);
  }

  /**
   * This image with {@code item} applied; unchanged if the row that it holds is as new.
   *
   * @param held what {@link #get} has for the key
   */
  Image with(@Nullable Item held, Item item) {
    if (held != null && held.revision() >= item.revision()) {
      return this;
    }
    return new Image(rows.plus(item.key(), item), liveCount - liveOf(held) + liveOf(item));
  }

  /** This image with what the table has for {@code key}, be it older; empty when it has nothing. */
  Image replaced(String key, Optional<Item> row) {
    Item held = rows.get(key);
    TreePMap<String, Item> now = row.isPresent() ? rows.plus(key, row.get()) : rows.minus(key);
    return new Image(now, liveCount - liveOf(held) + liveOf(row.orElse(null)));
  }

  /** This image without the tombstone of {@code key}, if it is the one with this revision. */
  Image withoutTombstone(String key, long revision) {
    Item held = rows.get(key);
    return held != null && held.value() == null && held.revision() == revision
        ? new Image(rows.minus(key), liveCount)
        : this;
  }

  /** This image with the live rows only. */
  Image withoutTombstones() {
    return rows.size() == liveCount
        ? this
        : of(rows.values().stream().filter(item -> item.value() != null).toList());
  }

  /** Live rows from {@code from} on, in the order of keys. */
  public Iterator<Item> liveFrom(String from) {
    SortedMap<String, Item> tail = rows.tailMap(from);
    return tail.entrySet().stream()
        .map(Map.Entry::getValue)
        .filter(item -> item.value() != null)
        .iterator();
  }

  private static int liveOf(@Nullable Item item) {
    return item == null || item.value() == null ? 0 : 1;
  }
}
