package dev.watchhub.verify.source;

import dev.watchhub.protocol.Item;
import org.jspecify.annotations.Nullable;

/** Makes items of the table's rows, as {@code docs/schema.md} says how they are read. */
final class RowItems {
  /** One row's columns, as text. */
  @FunctionalInterface
  interface Columns<E extends Exception> {
    @Nullable String get(String name) throws E;
  }

  private RowItems() {}

  /** The item of a row; a tombstone's has no value. What a direct INSERT left out is filled in. */
  static <E extends Exception> Item of(Columns<E> row) throws E {
    String key = row.get("key");
    String value = row.get("value");
    long revision = number(row.get("revision"), 0);
    return new Item(
        key == null ? "" : key,
        "t".equals(row.get("tombstone")) ? null : value == null ? "" : value,
        revision,
        number(row.get("create_revision"), revision),
        number(row.get("version"), 1),
        number(row.get("create_time"), 0),
        row.get("author"),
        row.get("note"));
  }

  private static long number(@Nullable String text, long otherwise) {
    return text == null ? otherwise : Long.parseLong(text);
  }
}
