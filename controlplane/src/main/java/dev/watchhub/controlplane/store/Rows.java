package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Item;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Reads rows of the table by the names of their columns. */
final class Rows {
  private Rows() {}

  static Item item(ResultSet row) throws SQLException {
    return new Item(
        row.getString("key"),
        row.getString("value"),
        row.getLong("revision"),
        row.getLong("create_revision"),
        row.getLong("version"),
        row.getLong("create_time"),
        row.getString("author"),
        row.getString("note"));
  }

  /** A {@code timestamptz}. */
  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static Revision revision(ResultSet row) throws SQLException {
    return new Revision(
        row.getLong("revision"),
        row.getBoolean("tombstone"),
        row.getLong("create_time"),
        row.getString("author"),
        row.getString("note"),
        row.getLong("bytes"),
        row.getLong("version"),
        row.getLong("create_revision"),
        row.getString("value"));
  }
}
