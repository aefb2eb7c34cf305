package dev.watchhub.hub;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A plain LISTENing client, of any channels. */
final class Listener implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Pattern KEY = Pattern.compile("\"key\":\"([^\"]*)\"");

  private final Connection connection;

  private Listener(Connection connection) {
    this.connection = connection;
  }

  static Listener on(HubDatabase database, String... channels) throws SQLException {
    return of(database.connect(), channels);
  }

  /** On a connection that is closed with it. */
  static Listener of(Connection connection, String... channels) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String channel : channels) {
        statement.execute("LISTEN \"" + channel + "\"");
      }
    }
    return new Listener(connection);
  }

  /** Channel and payload of everything up to and with the first notification of {@code key}. */
  List<String> until(String key) throws SQLException {
    List<String> heard = new ArrayList<>();
    PGConnection pg = connection.unwrap(PGConnection.class);
    long start = System.nanoTime();
    while (System.nanoTime() - start < LIMIT.toNanos()) {
      PGNotification[] some = pg.getNotifications(1_000);
      for (PGNotification one : some == null ? new PGNotification[0] : some) {
        heard.add(one.getName() + " " + one.getParameter());
        if (key.equals(key(one.getParameter()))) {
          return heard;
        }
      }
    }
    throw new AssertionError("nothing of " + key + " within " + LIMIT + ", but " + heard.size());
  }

  /** The keys of everything up to and with {@code key}. */
  List<String> keysUntil(String key) throws SQLException {
    return until(key).stream().map(Listener::key).toList();
  }

  private static String key(String payload) {
    Matcher matcher = KEY.matcher(payload);
    return matcher.find() ? matcher.group(1) : "";
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
