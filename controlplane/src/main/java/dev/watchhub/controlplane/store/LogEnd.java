package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Where the database's log ends: all that was committed lies before it. */
final class LogEnd {
  /** The query for it. */
  static final String SQL =
      """
      SELECT (SELECT system_identifier::text FROM pg_control_system()),
        ('x' || left(pg_walfile_name(here), 8))::bit(32)::int, here::text
      FROM (SELECT pg_current_wal_insert_lsn() AS here) l
      """;

  private LogEnd() {}

  /** Reads the only row. */
  static Position read(ResultSet row) throws SQLException {
    row.next();
    return new Position(
        Long.parseUnsignedLong(row.getString(1)), row.getInt(2), lsn(row.getString(3)));
  }

  /** Reads an LSN that the server wrote. */
  static Lsn lsn(String text) {
    return Lsn.parse(text)
        .orElseThrow(() -> new StoreException(Kind.FAILED, "no place in the log: " + text, null));
  }
}
