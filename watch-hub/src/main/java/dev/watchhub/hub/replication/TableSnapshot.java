package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.Row;
import dev.watchhub.protocol.Item;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table at one moment, read in one transaction. One thread only. */
final class TableSnapshot implements AutoCloseable {
  private static final int FETCH_ROWS = 500;

  /** For the server's next bytes, which may have a large table to sort first. */
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(10);

  private static final String COLUMNS =
      """
      key, value, revision, tombstone, create_time,
      coalesce(create_revision, revision) AS create_revision, coalesce(version, 1) AS version,
      prev_revision, author, note, txid, notify_mode
      """;

  private final Connection session;
  private final int answerLimitMillis;

  /** A row with its transaction. */
  record Written(long xid, Row row) {}

  /**
   * All live rows, the latest of each key.
   *
   * @param brokenChains keys whose latest row does not name the one before it, which is there
   */
  record Live(Image image, long brokenChains) {}

  private TableSnapshot(Connection session, int answerLimitMillis) {
    this.session = session;
    this.answerLimitMillis = answerLimitMillis;
  }

  /**
   * Begins the transaction.
   *
   * @param session with autocommit on, as it is again after {@link #close}
   * @param snapshotName an exported snapshot to read, or empty for one of now
   */
  static TableSnapshot open(Connection session, Optional<String> snapshotName) throws SQLException {
    TableSnapshot snapshot = new TableSnapshot(session, session.getNetworkTimeout());
    session.setNetworkTimeout(Runnable::run, (int) ANSWER_LIMIT.toMillis());
    session.setAutoCommit(false);
    try (Statement statement = session.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      if (snapshotName.isPresent()) {
        statement.execute(
            "SET TRANSACTION SNAPSHOT " + statement.enquoteLiteral(snapshotName.get()));
      }
      // What a role is given as limits is meant for requests of users.
      statement.execute("SET LOCAL statement_timeout = 0");
      statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
    }
    return snapshot;
  }

  /** What it sees. */
  Snapshot seen() throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()")) {
      row.next();
      return Snapshot.parse(row.getString(1))
          .orElseThrow(() -> new SQLException("a snapshot that cannot be read"));
    }
  }

  /** Reads the live rows. */
  Live live() throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.setFetchSize(FETCH_ROWS);
      List<Item> items = new ArrayList<>();
      long brokenChains = 0;
      try (ResultSet rows =
          statement.executeQuery(
              """
              SELECT %s, prev_revision <> before AS broken FROM (
                SELECT *, lag(revision) OVER history AS before, lead(revision) OVER history AS after
                FROM config WINDOW history AS (PARTITION BY key ORDER BY revision)) numbered
              WHERE after IS NULL AND NOT tombstone
              """
                  .formatted(COLUMNS))) {
        while (rows.next()) {
          items.add(row(rows).item());
          brokenChains += rows.getBoolean("broken") ? 1 : 0;
        }
      }
      return new Live(Image.of(items), brokenChains);
    }
  }

  /**
   * Reads what {@code seen} does not have, in the order of revisions.
   *
   * @param maxBytes that they may take in memory
   * @return empty when they take more
   */
  Optional<List<Written>> unseen(Progress.Seen seen, long maxBytes) throws SQLException {
    List<Written> unseen = new ArrayList<>();
    long bytes = 0;
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT %s FROM config
            -- A range, which the planner takes for a small one also in a table never analyzed.
            WHERE txid BETWEEN ? AND 9223372036854775807 OR txid = ANY (?)
            ORDER BY revision
            """
                .formatted(COLUMNS))) {
      statement.setFetchSize(FETCH_ROWS);
      Array running =
          session.createArrayOf("bigint", seen.snapshot().running().toArray(Long[]::new));
      statement.setLong(1, seen.snapshot().xmax());
      statement.setArray(2, running);
      try (ResultSet rows = statement.executeQuery()) {
        while (bytes <= maxBytes && rows.next()) {
          long xid = rows.getLong("txid");
          if (!seen.has(xid)) {
            Row row = row(rows);
            unseen.add(new Written(xid, row));
            bytes += TransactionAssembler.bytes(row);
          }
        }
      }
    }
    return bytes > maxBytes ? Optional.empty() : Optional.of(unseen);
  }

  /** Whether compaction has taken rows that {@code seen} does not have; false if it is not told. */
  boolean hasLost(Progress.Seen seen) throws SQLException {
    try (Statement statement = session.createStatement()) {
      try (ResultSet row =
          statement.executeQuery("SELECT has_table_privilege('config_settings', 'SELECT')")) {
        row.next();
        if (!row.getBoolean(1)) {
          return false;
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT compacted_txid FROM config_settings")) {
        return row.next() && seen.lacksSomeUpTo(row.getLong(1));
      }
    }
  }

  private static Row row(ResultSet row) throws SQLException {
    String value = row.getString("value");
    String live = value == null ? "" : value; // a live row without a value, written round functions
    Item item =
        new Item(
            row.getString("key"),
            row.getBoolean("tombstone") ? null : live,
            row.getLong("revision"),
            row.getLong("create_revision"),
            row.getLong("version"),
            row.getLong("create_time"),
            row.getString("author"),
            row.getString("note"));
    long prev = row.getLong("prev_revision");
    return new Row(
        item, row.wasNull() ? Row.UNKNOWN : prev, "hub".equals(row.getString("notify_mode")));
  }

  /** Ends the transaction. */
  @Override
  public void close() throws SQLException {
    session.rollback(); // it only read
    session.setAutoCommit(true);
    session.setNetworkTimeout(Runnable::run, answerLimitMillis);
  }
}
