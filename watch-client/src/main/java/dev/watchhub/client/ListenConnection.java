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
final class ChangeSource {
  /** Without a hint it is asked all the same, which also shows that the connection lives. */
  private static final Duration HINT_LIMIT = Duration.ofSeconds(10);

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
  private final String description;

  private ChangeSource(Connection connection, String prefix, String description) {
    this.connection = connection;
    this.prefix = prefix;
    this.description = description;
  }

  /** Connects and listens on the channel of {@code prefix}. */
  static ChangeSource listen(String jdbcUrl, String schema, String prefix) throws SQLException {
    String separator = jdbcUrl.contains("?") ? "&" : "?";
    Connection connection =
        DriverManager.getConnection(
            jdbcUrl
                + separator
                + "currentSchema="
                + schema
                + "&ApplicationName=watchhub-notify&tcpKeepAlive=true&connectTimeout="
                + ANSWER_LIMIT.toSeconds()
                + "&socketTimeout="
                + ANSWER_LIMIT.toSeconds());
    try {
      boolean oneChannel = prefix.indexOf('/', 1) > 0; // all its keys have one first segment
      String description = "asking every " + HINT_LIMIT.toSeconds() + " s";
      if (oneChannel) {
        String channel = channel(connection, prefix);
        try (Statement statement = connection.createStatement()) {
          statement.execute("LISTEN " + statement.enquoteIdentifier(channel, true));
        }
        description = "listening on channel " + channel;
      }
      return new ChangeSource(connection, prefix, description);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String channel(Connection connection, String prefix) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT notify_channel(?)")) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** What it does, for a person. */
  String description() {
    return description;
  }

  /** Waits for a notification, or until it is time to ask without one. */
  void awaitHint() throws SQLException {
    connection.unwrap(PGConnection.class).getNotifications((int) HINT_LIMIT.toMillis());
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
