package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What compaction asks the database. Any thread; every call throws {@link StoreException} when the
 * database does not do it.
 */
public final class CompactionStore {
  private final Sessions sessions;
  private final StoreOptions options;

  CompactionStore(Sessions sessions, StoreOptions options) {
    this.sessions = sessions;
    this.options = options;
  }

  /** Opens a session of its own for one compaction. */
  public CompactionSession session() {
    return CompactionSession.open(options);
  }

  /** How far the database and those who follow it have come now. */
  public CompactionHorizon horizon() {
    String sql = "SELECT place, lsn::text AS lsn, ended_txid, nodes_txid FROM compaction_horizon()";
    return sessions.call(
        "reading how far compaction may go",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql);
              ResultSet row = statement.executeQuery()) {
            row.next();
            String[] place = row.getString("place").split("-", -1);
            return new CompactionHorizon(
                new Position(
                    Long.parseUnsignedLong(place[0]),
                    Integer.parseInt(place[1]),
                    LogEnd.lsn(row.getString("lsn"))),
                row.getLong("ended_txid"),
                row.getObject("nodes_txid", Long.class));
          }
        });
  }

  /** What automatic compaction did last. */
  public CompactionRecord record() {
    return sessions.call("reading what compaction did", CompactionStore::record);
  }

  private static CompactionRecord record(Connection connection) throws SQLException {
    String sql = "SELECT began_at, ended_at, removed, held, error, total FROM config_compaction";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        return new CompactionRecord(null, null, 0, 0, null, 0);
      }
      return new CompactionRecord(
          Rows.instant(row, "began_at"),
          Rows.instant(row, "ended_at"),
          row.getLong("removed"),
          row.getLong("held"),
          row.getString("error"),
          row.getLong("total"));
    }
  }
}
