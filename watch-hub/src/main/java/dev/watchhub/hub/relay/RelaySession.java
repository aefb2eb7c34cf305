package dev.watchhub.hub.relay;

import dev.watchhub.hub.replication.Connections;
import dev.watchhub.hub.replication.Snapshot;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session of the relay on the primary: what it asks, and what it announces.
 *
 * <p>Threading: one thread, {@link #abort} excepted.
 */
final class RelaySession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelaySession.class);

  /** Longer than a commit that notifies may wait for the server's lock of them. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  /** Everything that the snapshot sees has its end in the write-ahead log before {@code end}. */
  record Moment(Snapshot snapshot, Position end) {}

  /** A transaction in the table, with as many of its rows as are the relay's. */
  record Written(long xid, int rows) {}

  private final Connection connection;
  private final String schema;

  /** The cluster and timeline of the server, which stay the same as long as the session lives. */
  private String cluster = "";

  private int timeline;
  private String place = ""; // of the record's row in its table

  private RelaySession(Connection connection, String schema) {
    this.connection = connection;
    this.schema = schema;
  }

  /** Connects; {@link #prepare} comes next. */
  static RelaySession open(Source source) throws SQLException {
    return new RelaySession(
        Connections.session(source, "watchhub-relay", ANSWER_LIMIT), source.schema());
  }

  /**
   * Makes the session fit for the relay.
   *
   * @throws SQLException also if the server is a standby
   */
  void prepare() throws SQLException {
    execute(
        """
        -- A crash that loses the record makes the relay repeat, and what it announces is on disk.
        SET synchronous_commit = off;
        -- A hub that stands still must not keep the others from relaying.
        SET idle_session_timeout = '60s';
        SET idle_in_transaction_session_timeout = '60s';
        SET lock_timeout = '10s';
        -- A few rows of a table that may never have been analyzed.
        SET enable_seqscan = off;
        SET jit = off
        """);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT system_identifier::text,
                  ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
                FROM pg_control_system()
                """)) {
      row.next();
      cluster = row.getString(1);
      timeline = row.getInt(2);
    }
    connection.commit();
  }

  /** Whether {@code position} is one of this session's server, as it is now. */
  boolean isOf(Position position) {
    return timeline == position.timeline()
        && cluster.equals(Long.toUnsignedString(position.cluster()));
  }

  String cluster() {
    return cluster;
  }

  /** The role that it has logged in as. */
  String role() {
    try {
      return connection.getMetaData().getUserName();
    } catch (SQLException e) {
      return "the hub's role";
    }
  }

  /** Becomes the only relay of the schema for as long as the session lives; false: another is. */
  boolean tryLock() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_try_advisory_lock(hashtextextended('watchhub/relay/' || ?, 0))")) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        boolean locked = row.getBoolean(1);
        connection.commit();
        return locked;
      }
    }
  }

  /** Reads the record; it is this session's to write once it has the lock. */
  RelayRecord record() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT cluster, position, horizon::text, ctid::text FROM config_relay")) {
      if (!row.next()) {
        throw new SQLException("config_relay is empty: run ./watchhub install");
      }
      place = row.getString(4);
      String position = row.getString(2);
      String horizon = row.getString(3);
      RelayRecord record =
          new RelayRecord(
              row.getString(1),
              position == null ? null : Position.parse(position).orElse(null),
              horizon == null ? null : snapshot(horizon));
      connection.commit();
      return record;
    }
  }

  private static Snapshot snapshot(String text) throws SQLException {
    return Snapshot.parse(text).orElseThrow(() -> new SQLException("no pg_snapshot: " + text));
  }

  /** Looks at the transactions of now, within the open transaction if there is one. */
  Moment look() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text")) {
      row.next();
      Lsn end = Lsn.parse(row.getString(2)).orElseThrow(() -> new SQLException("no LSN"));
      return new Moment(
          snapshot(row.getString(1)), new Position(Long.parseUnsignedLong(cluster), timeline, end));
    }
  }

  /** Looks at the transactions of now, and leaves no transaction open. */
  Moment lookAlone() throws SQLException {
    Moment now = look();
    connection.commit();
    return now;
  }

  /** An id above that of every transaction that has committed so far. */
  long nextXid() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
      row.next();
      long xid = row.getLong(1);
      connection.commit();
      return xid;
    }
  }

  /**
   * Reads which transactions the relay's rows outside of {@code horizon} are of, in the order of
   * each one's highest revision.
   *
   * @param found what is visible in the snapshot that this returns
   */
  Snapshot readOutside(Snapshot horizon, List<Written> found) throws SQLException {
    execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    Snapshot seen = look().snapshot();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT txid, count(*) FROM config
            WHERE (txid BETWEEN ? AND 9223372036854775807 OR txid = ANY (?)) AND notify_mode = 'hub'
            GROUP BY txid ORDER BY max(revision)
            """)) {
      statement.setLong(1, horizon.xmax());
      statement.setArray(2, connection.createArrayOf("bigint", horizon.running().toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(new Written(rows.getLong(1), rows.getInt(2)));
        }
      }
    }
    connection.commit();
    return seen;
  }

  /** Announces rows of the table in the order given; those that compaction took are passed over. */
  void announce(List<String> keys, List<Long> revisions) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT count(pg_notify(channel, payload)) FROM (
              SELECT notify_channel(c.key) AS channel, notify_payload(c) AS payload
              FROM unnest(?, ?) WITH ORDINALITY AS u (key, revision, place)
              JOIN config c ON c.key = u.key COLLATE "C" AND c.revision = u.revision
              ORDER BY u.place OFFSET 0
            ) ordered
            """)) {
      statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
      statement.setArray(2, connection.createArrayOf("bigint", revisions.toArray()));
      statement.execute();
    }
  }

  /** Announces the relay's rows of these transactions, in the order given. */
  void announceTransactions(Collection<Long> xids) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT count(pg_notify(channel, payload)) FROM (
              SELECT notify_channel(c.key) AS channel, notify_payload(c) AS payload
              FROM unnest(?) WITH ORDINALITY AS u (xid, place)
              JOIN config c ON c.txid = u.xid AND c.notify_mode = 'hub'
              ORDER BY u.place, c.revision OFFSET 0
            ) ordered
            """)) {
      statement.setArray(1, connection.createArrayOf("bigint", xids.toArray()));
      statement.execute();
    }
  }

  /** Writes the record, and commits it together with what was announced. */
  void commit(RelayRecord record) throws SQLException {
    @Nullable Position position = record.position();
    @Nullable Snapshot horizon = record.horizon();
    // By its place: there is no index, and its old versions may be many.
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            UPDATE config_relay SET cluster = ?, position = ?, horizon = ?::pg_snapshot
            WHERE ctid = ?::tid RETURNING ctid::text
            """)) {
      statement.setString(1, record.cluster());
      statement.setString(2, position == null ? null : position.toString());
      statement.setString(3, horizon == null ? null : horizon.text());
      statement.setString(4, place);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("somebody else has written config_relay");
        }
        place = row.getString(1);
      }
    }
    connection.commit();
  }

  /** Commits what was announced, without saying so in the record. */
  void commit() throws SQLException {
    connection.commit();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Makes a call that waits for the server fail. Any thread. */
  void abort() {
    Connections.abort(connection);
  }

  /** Lets the server know and does not wait for it. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing a session", e);
    }
  }
}
