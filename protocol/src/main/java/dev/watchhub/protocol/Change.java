package dev.watchhub.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What one row did to its key.
 *
 * @param op whether it wrote or deleted the key
 * @param item the row; its value is null exactly when {@code op} is {@link Op#DELETE}
 * @param prev what the key held before; null when the subscriber did not ask for it
 */
public record Change(Op op, Item item, @Nullable Prev prev) {
  /** What a row can do to its key. */
  public enum Op {
    PUT,
    DELETE;

    private final String wire = name().toLowerCase(java.util.Locale.ROOT);

    /** The word for it in JSON and in the parameter {@code ops}. */
    public String wire() {
      return wire;
    }
  }

  /**
   * What a key held before a change.
   *
   * @param value the value; null when there was none, or when it is not known any more
   * @param revision revision of the previous row, 0 when there was none
   * @param known false when compaction took the previous row before the hub saw it
   */
  public record Prev(@Nullable String value, long revision, boolean known) {}

  public Change {
    if ((item.value() == null) != (op == Op.DELETE)) {
      throw new IllegalArgumentException(op + " of " + item.key() + " with the wrong kind of row");
    }
  }

  /** The change that {@code item} made, by whether it is a tombstone. */
  public static Change of(Item item) {
    return new Change(item.value() == null ? Op.DELETE : Op.PUT, item, null);
  }
}
