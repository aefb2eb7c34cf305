package dev.watchhub.client;

import dev.watchhub.protocol.Item;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * One connection that listens, and asks for what has changed.
 *
 * <p>Threading: one thread uses it; {@link #close} may be called by any, and ends what the other
 * waits for.
 */
final class ListenConnection {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(4);

  /**
   * What has changed.
   *
   * @param token for the next call
   * @param replaces whether {@code items} is all that is live, or what has changed
   * @param resetReason why everything comes anew; null when it does not, or was asked for
   * @param items in the order of their revisions
   */
  record Answer(String token, boolean replaces, @Nullable String resetReason, List<Item> items) {}

  private final Connection connection;
  private final String prefix;

  private ListenConnection(Connection connection, String prefix) {
    this.connection = connection;
    this.prefix = prefix;
  }

  /**
   * Connects and listens on the channel of {@code prefix}, if all its keys have the same one.
   *
   * @param dial cut to end the attempt
   */
  static ListenConnection open(Dial dial, String jdbcUrl, String schema, String prefix)
      throws SQLException {
    Connection connection = connect(dial, jdbcUrl, schema);
    try {
      if (prefix.indexOf('/', 1) > 0) { // all its keys have one first segment
        listen(connection, prefix);
      }
      return new ListenConnection(connection, prefix);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static Connection connect(Dial dial, String jdbcUrl, String schema) throws SQLException {
    StringBuilder url = new StringBuilder(jdbcUrl);
    url.append(jdbcUrl.contains("?") ? '&' : '?');
    url.append("currentSchema=").append(schema);
    url.append("&ApplicationName=watchhub-notify&tcpKeepAlive=true&connectTimeout=");
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

  private static void listen(Connection connection, String prefix) throws SQLException {
    String listen;
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT format('LISTEN %I', notify_channel(?))")) {
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

  /** Waits for a notification, but no longer than {@code limit}. */
  void awaitHint(Duration limit) throws SQLException {
    connection.unwrap(PGConnection.class).getNotifications((int) limit.toMillis());
  }

  /**
   * Asks what has changed.
   *
   * @param token of the last answer; null for everything
   */
  Answer changesSince(@Nullable String token) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT token, reset, key, value, revision, tombstone, create_time,
              coalesce(create_revision, revision) AS create_revision,
              coalesce(version, 1) AS version, author, note
            FROM changes_since(?, ?)
            """)) {
      statement.setString(1, prefix);
      statement.setString(2, token);
      try (ResultSet row = statement.executeQuery()) {
        String next = "";
        String reset = null;
        List<Item> items = new ArrayList<>();
        while (row.next()) {
          next = row.getString("token");
          reset = row.getString("reset");
          if (row.getString("key") != null) {
            items.add(item(row));
          }
        }
        return new Answer(next, token == null || reset != null, reset, items);
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
