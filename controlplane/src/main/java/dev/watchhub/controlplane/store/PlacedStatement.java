package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A query in a transaction of its own, and the place in the log where it had been committed. All of
 * it is sent at once, so that the place costs no round trip.
 *
 * @param sql the query, with {@code ?} for what is bound
 * @param timeout longest that it may take; null for what the session allows
 * @param kept whether what it writes stays; if not, it is rolled back when it has answered
 */
record PlacedStatement(String sql, @Nullable Duration timeout, boolean kept) {
  /** Longest for one that writes thousands of keys. */
  private static final Duration LARGE_TIMEOUT = Duration.ofSeconds(30);

  /** One that takes as long as the session allows. */
  static PlacedStatement of(String sql) {
    return new PlacedStatement(sql, null, true);
  }

  /** One that may write thousands of keys. */
  static PlacedStatement ofMany(String sql) {
    return new PlacedStatement(sql, LARGE_TIMEOUT, true);
  }

  /** The same, leaving nothing behind. */
  PlacedStatement rehearsed() {
    return new PlacedStatement(sql, timeout, false);
  }

  /** Sets the arguments of a query. */
  @FunctionalInterface
  interface Arguments {
    void bind(PreparedStatement statement) throws SQLException;
  }

  /** Takes the rows of a query. */
  @FunctionalInterface
  interface Reading<T> {
    T read(ResultSet rows) throws SQLException;
  }

  /** Runs it on a session that is in no transaction. */
  <T> Placed<T> run(Connection connection, Arguments arguments, Reading<T> rows)
      throws SQLException {
    // The place is read in a transaction after the commit: what it is then lies behind it.
    String limit = "";
    if (timeout != null) {
      limit = "SET LOCAL statement_timeout = " + timeout.toMillis() + "; ";
      connection.setNetworkTimeout(
          Runnable::run, Math.toIntExact(timeout.plus(Sessions.NETWORK_MARGIN).toMillis()));
    }
    String end = kept ? "; COMMIT; " : "; ROLLBACK; ";
    String exchange = "BEGIN; " + limit + sql + end + LogEnd.SQL;
    try (PreparedStatement statement = connection.prepareStatement(exchange)) {
      arguments.bind(statement);
      statement.execute();
      T outcome = rows.read(next(statement));
      Position position = LogEnd.read(next(statement));
      return new Placed<>(outcome, position);
    } catch (SQLException e) {
      rollback(connection, e);
      throw e;
    }
  }

  /** The result of the next statement that has one. */
  private static ResultSet next(Statement statement) throws SQLException {
    while (!statement.getMoreResults()) {
      if (statement.getUpdateCount() < 0) {
        throw new SQLException("the server answered fewer statements than it was sent");
      }
    }
    return statement.getResultSet();
  }

  /** A statement that fails leaves the transaction open that was begun before it. */
  private static void rollback(Connection connection, SQLException cause) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      cause.addSuppressed(e);
      try {
        connection.abort(Runnable::run);
      } catch (SQLException closed) {
        cause.addSuppressed(closed);
      }
    }
  }
}
