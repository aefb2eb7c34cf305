package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Where the database's log ends: all that was committed lies before it. */
final class LogEnd {
  /**
   * The query for it. The server reads the identifier of its cluster from a file; it cannot change
   * while a session lives, so a session remembers it as a setting. The timeline can, by promotion.
   */
  static final String SQL =
      """
      SELECT
        coalesce(
          nullif(current_setting('watchhub.cluster', true), ''),
          set_config(
            'watchhub.cluster', (SELECT system_identifier::text FROM pg_control_system()), false)),
        pg_walfile_name(pg_current_wal_insert_lsn()),
        pg_current_wal_insert_lsn()
      """;

  /** The name of a file of the log begins with the timeline, in so many hexadecimal digits. */
  private static final int TIMELINE_DIGITS = 8;

  private LogEnd() {}

  /** Reads the only row. */
  static Position read(ResultSet row) throws SQLException {
    row.next();
    int timeline = Integer.parseUnsignedInt(row.getString(2), 0, TIMELINE_DIGITS, 16);
    return new Position(Long.parseUnsignedLong(row.getString(1)), timeline, lsn(row.getString(3)));
  }

  /** Reads an LSN that the server wrote. */
  static Lsn lsn(String text) {
    return Lsn.parse(text)
        .orElseThrow(() -> new StoreException(Kind.FAILED, "no place in the log: " + text, null));
  }
}
