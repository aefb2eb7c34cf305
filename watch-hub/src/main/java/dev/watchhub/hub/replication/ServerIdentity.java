package dev.watchhub.hub.replication;

import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Which cluster, on which timeline, a connection has reached.
 *
 * @param cluster the system identifier
 * @param timeline from 1
 * @param flushed what ends at or before here is on its disk
 */
record ServerIdentity(long cluster, int timeline, Lsn flushed) {
  /**
   * Asks on a replication connection; SQL functions still say the old timeline right after a
   * promotion.
   *
   * @throws SQLException also if {@code session} is one of another server, which can happen where
   *     the URL names several
   * @see <a href="https://www.postgresql.org/docs/18/protocol-replication.html">IDENTIFY_SYSTEM</a>
   */
  static ServerIdentity ask(Connection replication, Connection session) throws SQLException {
    if (!startTime(replication).equals(startTime(session))) {
      throw new SQLException("the stream and the session beside it have reached two servers");
    }
    try (Statement statement = replication.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new ServerIdentity(
          Long.parseUnsignedLong(row.getString("systemid")),
          row.getInt("timeline"),
          Lsn.parse(row.getString("xlogpos")).orElse(Lsn.ZERO));
    }
  }

  private static String startTime(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT extract(epoch FROM pg_postmaster_start_time())::text")) {
      row.next();
      return row.getString(1);
    }
  }

  Position at(Lsn lsn) {
    return new Position(cluster, timeline, lsn);
  }
}
