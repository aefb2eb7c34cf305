package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

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
            String lsn = row.getString("lsn");
            return new CompactionHorizon(
                new Position(
                    Long.parseUnsignedLong(place[0]),
                    Integer.parseInt(place[1]),
                    Lsn.parse(lsn)
                        .orElseThrow(
                            () ->
                                new StoreException(
                                    Kind.FAILED, "no place in the log: " + lsn, null))),
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
          instant(row, "began_at"),
          instant(row, "ended_at"),
          row.getLong("removed"),
          row.getLong("held"),
          row.getString("error"),
          row.getLong("total"));
    }
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
