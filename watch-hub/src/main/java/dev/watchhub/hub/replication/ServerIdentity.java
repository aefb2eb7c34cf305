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
   * @see <a href="https://www.postgresql.org/docs/18/protocol-replication.html">IDENTIFY_SYSTEM</a>
   */
  static ServerIdentity ask(Connection replication) throws SQLException {
    try (Statement statement = replication.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new ServerIdentity(
          Long.parseUnsignedLong(row.getString("systemid")),
          row.getInt("timeline"),
          Lsn.parse(row.getString("xlogpos")).orElse(Lsn.ZERO));
    }
  }

  Position at(Lsn lsn) {
    return new Position(cluster, timeline, lsn);
  }
}
