package dev.watchhub.hub.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the hub's slot costs the server.
 *
 * @param walBytes write-ahead log that the server keeps for it
 * @param oldest the oldest transaction that is open in the cluster, which holds log back whatever
 *     the hub does; null when none is. Of another role's, what this one may not see is empty
 */
public record SlotReport(long walBytes, @Nullable OpenTransaction oldest) {
  /**
   * A transaction that has an id and has not ended.
   *
   * @param pid of the server process; 0 for a prepared transaction, which has none
   * @param what the application's name, or that of the prepared transaction
   */
  public record OpenTransaction(
      int pid, @Nullable String database, @Nullable String what, long seconds) {}

  /**
   * Asks the server.
   *
   * @param remarkable transactions that are younger are none of anybody's business
   */
  static SlotReport ask(Connection session, String slot, Duration remarkable) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)::bigint AS bytes,
              pid, datname, what, extract(epoch FROM clock_timestamp() - since)::bigint AS seconds
            FROM pg_replication_slots
            LEFT JOIN (
              SELECT pid, datname, application_name AS what, xact_start AS since, backend_xid AS xid
              FROM pg_stat_activity WHERE backend_xid IS NOT NULL
              UNION ALL
              SELECT 0, database, gid, prepared, transaction FROM pg_prepared_xacts
            ) open ON since IS NULL OR since < clock_timestamp() - make_interval(secs => ?)
            WHERE slot_name = ?
            ORDER BY age(xid) DESC NULLS LAST LIMIT 1
            """)) {
      statement.setLong(1, remarkable.toSeconds());
      statement.setString(2, slot);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return new SlotReport(0, null);
        }
        long bytes = row.getLong("bytes");
        int pid = row.getInt("pid");
        return new SlotReport(
            bytes,
            row.wasNull()
                ? null
                : new OpenTransaction(
                    pid, row.getString("datname"), row.getString("what"), row.getLong("seconds")));
      }
    }
  }
}
