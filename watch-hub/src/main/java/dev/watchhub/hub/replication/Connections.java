package dev.watchhub.hub.replication;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the hub's connections. Stateless. */
public final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** Of the TCP connection, and again of the log-in; short, for closing the hub may wait for it. */
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(4);

  private Connections() {}

  /**
   * Opens an ordinary connection whose unqualified names are those of the source's schema.
   *
   * @param answerLimit longest wait for the server's bytes; zero for none
   */
  static Connection session(Source source, Duration answerLimit) throws SQLException {
    return session(source, "watchhub", answerLimit);
  }

  /**
   * The same under a name of its own.
   *
   * @param applicationName what {@code pg_stat_activity} calls it; letters, digits and hyphens
   */
  public static Connection session(Source source, String applicationName, Duration answerLimit)
      throws SQLException {
    return open(
        source.jdbcUrl(),
        "currentSchema="
            + source.schema()
            + "&ApplicationName="
            + applicationName
            + "&socketTimeout="
            + answerLimit.toSeconds());
  }

  /** Opens a connection that takes replication commands. */
  static Connection replication(Source source) throws SQLException {
    // Reads wait for as long as nothing happens, so no socketTimeout: pgjdbc 42.7.11 to 42.7.14 end
    // an idle stream with it. The simple query mode is all that the replication protocol has.
    return open(
        source.jdbcUrl(),
        "replication=database&preferQueryMode=simple&assumeMinServerVersion=15"
            + "&ApplicationName=watchhub-stream&socketTimeout=0");
  }

  /** Cuts a connection without waiting for the server, as {@code close()} would. Any thread. */
  public static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("aborting a connection", e);
    }
  }

  private static Connection open(String jdbcUrl, String parameters) throws SQLException {
    String separator = jdbcUrl.contains("?") ? "&" : "?";
    return DriverManager.getConnection( // what stands last in the URL wins
        jdbcUrl
            + separator
            + parameters
            + "&tcpKeepAlive=true&connectTimeout=%1$d&loginTimeout=%1$d"
                .formatted(CONNECT_LIMIT.toSeconds()));
  }
}
