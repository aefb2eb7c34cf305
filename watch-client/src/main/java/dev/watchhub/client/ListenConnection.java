package dev.watchhub.client;

import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * One connection that listens, and asks for what has changed.
 *
 * <p>Threading: one thread uses it; {@link #close} may be called by any, and ends what the other
 * waits for.
 */
final class ListenConnection {
  /** How long the database may take to answer, unless {@link #allow} says otherwise. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(4);

  /**
   * What has changed.
   *
   * @param token for the next call
   * @param replaces whether {@code items} is all that is live, or what has changed
   * @param resetReason why everything comes anew; null when it does not, or was asked for
   * @param items in the order of their revisions
   * @param extent no commit beyond it is among them
   */
  record Answer(
      String token,
      boolean replaces,
      @Nullable String resetReason,
      List<Item> items,
      Extent extent) {}

  private final Connection connection;
  private final String schema; // as it stands in a statement
  private final List<String> prefixes;
  private final int backend;

  private ListenConnection(
      Connection connection, String schema, List<String> prefixes, int backend) {
    this.connection = connection;
    this.schema = schema;
    this.prefixes = prefixes;
    this.backend = backend;
  }

  /**
   * Connects and listens on the channel of each prefix, if all its keys have the same one.
   *
   * @param dial cut to end the attempt
   * @throws SourceException if this is no database that one can listen at
   */
  static ListenConnection open(Dial dial, String jdbcUrl, String schema, List<String> prefixes)
      throws SQLException {
    Connection connection = connect(dial, jdbcUrl);
    try {
      int backend = Session.checkedBackend(connection, () -> connect(dial, jdbcUrl), schema);
      String quoted = '"' + schema.replace("\"", "\"\"") + '"';
      ListenConnection opened = new ListenConnection(connection, quoted, prefixes, backend);
      for (String prefix : prefixes) {
        if (hasOneChannel(prefix)) {
          opened.listen(prefix);
        }
      }
      return opened;
    } catch (SQLException | SourceException e) {
      connection.abort(Runnable::run);
      throw e;
    }
  }

  /** Whether all keys that start with {@code prefix} have one first segment, and so one channel. */
  static boolean hasOneChannel(String prefix) {
    return prefix.indexOf('/', 1) > 0;
  }

  private static Connection connect(Dial dial, String jdbcUrl) throws SQLException {
    StringBuilder url = new StringBuilder(jdbcUrl);
    url.append(jdbcUrl.contains("?") ? '&' : '?');
    url.append("ApplicationName=watchhub-notify&tcpKeepAlive=true&connectTimeout=");
    url.append(ANSWER_LIMIT.toSeconds()).append("&socketTimeout=").append(ANSWER_LIMIT.toSeconds());
    if (!jdbcUrl.contains("socketFactory=")) { // somebody's own has to be left alone
      url.append("&socketFactory=").append(DialSocketFactory.class.getName());
      url.append("&socketFactoryArg=").append(dial.begin());
    }
    try {
      return DriverManager.getConnection(url.toString());
    } finally {
      dial.end();
    }
  }

  private void listen(String prefix) throws SQLException {
    String listen;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT format('LISTEN %I', " + schema + ".notify_channel(?))")) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        listen = row.getString(1);
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(listen);
    }
  }

  /** Waits for a notification, but no longer than {@code limit}; whether one came. */
  boolean awaitHint(Duration limit) throws SQLException {
    return connection.unwrap(PGConnection.class).getNotifications((int) limit.toMillis()).length
        > 0;
  }

  /** How long the database may take for its next answers. */
  void allow(Duration limit) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, (int) limit.toMillis());
  }

  /** Whether anybody is to announce what is written from now on. */
  boolean isAnnounced() throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT notify_mode FROM " + schema + ".config_settings");
        ResultSet row = statement.executeQuery()) {
      return row.next() && !row.getString(1).equals("off");
    }
  }

  /**
   * Asks what has changed.
   *
   * @param token of the last answer; null for everything
   * @throws SourceException if this is not the session that listens
   */
  Answer changesSince(@Nullable String token) throws SQLException {
    // The place in the log is read after the function, so no commit that it has seen lies beyond.
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT token, reset, pg_current_wal_insert_lsn() AS lsn, pg_backend_pid() AS backend,
              key, value, revision, tombstone, create_time,
              coalesce(create_revision, revision) AS create_revision,
              coalesce(version, 1) AS version, author, note
            FROM %s.changes_since(?, ?)
            """
                .formatted(schema))) {
      statement.setArray(1, connection.createArrayOf("text", prefixes.toArray()));
      statement.setString(2, token);
      try (ResultSet row = statement.executeQuery()) {
        String next = "";
        String reset = null;
        String lsn = "";
        List<Item> items = new ArrayList<>();
        while (row.next()) {
          Session.requireSame(backend, row.getInt("backend"));
          next = row.getString("token");
          reset = row.getString("reset");
          lsn = row.getString("lsn");
          if (row.getString("key") != null) {
            items.add(item(row));
          }
        }
        return new Answer(next, token == null || reset != null, reset, items, extent(next, lsn));
      }
    }
  }

  /** A token begins with the system identifier and the timeline, in decimal. */
  private static Extent extent(String token, String lsn) throws SQLException {
    String[] parts = token.split("-", 3);
    try {
      return Extent.within(
          new Position(
              Long.parseUnsignedLong(parts[0]),
              Integer.parseUnsignedInt(parts[1]),
              Lsn.parse(lsn).orElseThrow()),
          token);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NoSuchElementException e) {
      throw new SQLException("changes_since answered with '" + token + "' at '" + lsn + "'", e);
    }
  }

  /** Asks which keys were deleted, as far as the table still knows. */
  News.Gone gone() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT s.compacted_revision, key, value, revision, tombstone, create_time,
              coalesce(create_revision, revision) AS create_revision,
              coalesce(version, 0) AS version, author, note
            FROM %1$s.config_settings s LEFT JOIN (
              SELECT DISTINCT ON (key) * FROM %1$s.config
              WHERE %2$s
              ORDER BY key, revision DESC) newest ON tombstone
            """
                .formatted(
                    schema,
                    String.join(" OR ", Collections.nCopies(prefixes.size(), "key ^@ ?"))))) {
      for (int i = 0; i < prefixes.size(); i++) {
        statement.setString(i + 1, prefixes.get(i));
      }
      try (ResultSet row = statement.executeQuery()) {
        long compactedRevision = 0;
        List<Item> tombstones = new ArrayList<>();
        while (row.next()) {
          compactedRevision = row.getLong("compacted_revision");
          if (row.getString("key") != null) {
            tombstones.add(item(row));
          }
        }
        return new News.Gone(tombstones, compactedRevision);
      }
    }
  }

  private static Item item(ResultSet row) throws SQLException {
    String value = row.getString("value");
    String live = value == null ? "" : value; // a live row without a value, written by hand
    return new Item(
        row.getString("key"),
        row.getBoolean("tombstone") ? null : live,
        row.getLong("revision"),
        row.getLong("create_revision"),
        row.getLong("version"),
        row.getLong("create_time"),
        row.getString("author"),
        row.getString("note"));
  }

  /** Cuts the connection. Idempotent. */
  void close() {
    try {
      connection.abort(Runnable::run); // close() would wait for a read that is under way
    } catch (SQLException e) {
      throw new IllegalStateException("a connection cannot be cut", e);
    }
  }
}
