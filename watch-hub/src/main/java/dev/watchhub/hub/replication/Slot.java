package dev.watchhub.hub.replication;

import dev.watchhub.protocol.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * A replication slot that can be read on.
 *
 * @param confirmed the server sends the commits that start here or later, and no others
 */
record Slot(Lsn confirmed) {
  /**
   * A slot that was made just now.
   *
   * @param consistentPoint the slot has every commit after it, and none before
   * @param snapshotName of the table as of just there; valid until the replication connection does
   *     something else
   */
  record Created(Lsn consistentPoint, String snapshotName) {}

  /**
   * Finds the source's slot. One that the server has invalidated is dropped, since nothing can be
   * read from it.
   *
   * @throws SetupException if another kind of slot has the name, or if the slot is still being
   *     made: the server goes on with that after a hub that asked for it was killed
   */
  static Optional<Slot> find(Connection session, Source source) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT plugin, database = current_database() AS here, confirmed_flush_lsn, wal_status,
              active_pid
            FROM pg_replication_slots WHERE slot_name = ?
            """)) {
      statement.setString(1, source.slot());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        if (!"pgoutput".equals(row.getString("plugin")) || !row.getBoolean("here")) {
          throw new SetupException(
              "the replication slot '"
                  + source.slot()
                  + "' belongs to something else (plugin "
                  + row.getString("plugin")
                  + "): give the hub another name with --slot");
        }
        if ("lost".equals(row.getString("wal_status"))) {
          drop(session, source);
          return Optional.empty();
        }
        String reader = row.getString("active_pid");
        String confirmed = row.getString("confirmed_flush_lsn");
        if (reader != null && confirmed != null) {
          throw new SQLException(
              "the replication slot '%s' is active: process %s reads it"
                  .formatted(source.slot(), reader));
        }
        if (confirmed == null) {
          throw new SetupException(
              "the replication slot '%s' is still being made by the server process %s, which waits for every open transaction to end"
                  .formatted(source.slot(), row.getString("active_pid")));
        }
        return Lsn.parse(confirmed).map(Slot::new);
      }
    }
  }

  /** Drops the source's slot, with all that it holds. */
  static void drop(Connection session, Source source) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
      statement.setString(1, source.slot());
      statement.execute();
    }
  }

  /**
   * Creates the source's slot; waits until every transaction that is open in the cluster ends.
   *
   * @param failsOver whether standbys that copy slots are to copy it; from 17 on
   */
  static Created create(Connection replication, Source source, boolean failsOver)
      throws SQLException {
    try (Statement statement = replication.createStatement();
        ResultSet row =
            statement.executeQuery(
                "CREATE_REPLICATION_SLOT %s LOGICAL pgoutput (SNAPSHOT 'export'%s)"
                    .formatted(source.slot(), failsOver ? ", FAILOVER true" : ""))) {
      row.next();
      Lsn point =
          Lsn.parse(row.getString("consistent_point"))
              .orElseThrow(() -> new SQLException("a slot without a consistent point"));
      return new Created(point, row.getString("snapshot_name"));
    }
  }
}
