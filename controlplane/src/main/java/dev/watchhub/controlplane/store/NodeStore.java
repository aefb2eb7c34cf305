package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What nodes in notify mode have told the database. Any thread; every call throws {@link
 * StoreException} when the database does not do it.
 */
public final class NodeStore {
  private final Sessions sessions;

  NodeStore(Sessions sessions) {
    this.sessions = sessions;
  }

  /** Where the database's log ends now: all that was committed lies before it. */
  public Position here() {
    return sessions.call(
        "reading the end of the log",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(LogEnd.SQL);
              ResultSet row = statement.executeQuery()) {
            return LogEnd.read(row);
          }
        });
  }

  /** For how long the database has taken reports; nodes that are there may be missing at first. */
  public Duration collected() {
    return sessions.call(
        "reading since when nodes report",
        connection -> {
          try (PreparedStatement statement =
                  connection.prepareStatement("SELECT nodes_collected_ms()");
              ResultSet row = statement.executeQuery()) {
            row.next();
            return Duration.ofMillis(row.getLong(1));
          }
        });
  }

  /** The nodes that have reported, by name. */
  public List<NotifyNode> nodes() {
    Position here = here();
    String sql =
        """
        SELECT node, version, started_at, complete_lsn::text AS complete_lsn, refused::text AS refused,
          refused_count, leaving, silent_ms
        FROM applied_nodes()
        """;
    return sessions.call(
        "reading what nodes have applied", connection -> nodes(connection, sql, here));
  }

  private static List<NotifyNode> nodes(Connection connection, String sql, Position here)
      throws SQLException {
    List<NotifyNode> nodes = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        String lsn = row.getString("complete_lsn");
        nodes.add(
            new NotifyNode(
                row.getString("node"),
                lsn == null ? null : here.at(LogEnd.lsn(lsn)),
                row.getString("version"),
                Rows.instant(row, "started_at"),
                row.getString("refused"),
                row.getLong("refused_count"),
                row.getBoolean("leaving"),
                Duration.ofMillis(row.getLong("silent_ms"))));
      }
    }
    return nodes;
  }
}
