package dev.watchhub.controlplane.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.watchhub.controlplane.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Lends database sessions whose names resolve in the schema.
 *
 * <p>Threading: any thread. A caller waits at most {@link #TURN_TIMEOUT} for one of the sessions to
 * be free; then at most {@link #CONNECT_TIMEOUT} for the session to be opened, if it is not. Only
 * as many callers as there are sessions get to the second wait, so that a database which is away
 * does not hold every thread of the server for long. Calls of the usual length are ended when it
 * falls silent ({@link Pulse}).
 */
final class Sessions implements AutoCloseable {
  /** Work on one session. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private static final Duration TURN_TIMEOUT = Duration.ofMillis(800);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofMillis(500);

  /** How much longer the driver waits for an answer than the server may take to give it. */
  static final Duration NETWORK_MARGIN = Duration.ofSeconds(3);

  /**
   * Longest wait for another transaction's lock on a key. Short: each one that waits has a session.
   */
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

  private final HikariDataSource pool;
  private final Semaphore callers;
  private final Pulse pulse;
  private final Duration watched;

  Sessions(StoreOptions options) {
    this.pool = new HikariDataSource(config(options));
    // In turn: else callers that come again at once go before one that waits, until it gives up.
    this.callers = new Semaphore(options.maxConnections(), true);
    this.pulse = Pulse.start(options.jdbcUrl());
    this.watched = options.statementTimeout();
  }

  private static HikariConfig config(StoreOptions options) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("controlplane");
    config.setJdbcUrl(options.jdbcUrl());
    config.setSchema(options.schema());
    config.setMaximumPoolSize(options.maxConnections());
    config.setMinimumIdle(Math.min(2, options.maxConnections()));
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    config.setValidationTimeout(VALIDATION_TIMEOUT.toMillis());
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED"); // what writes need
    config.setInitializationFailTimeout(-1); // the store waits for the database itself
    config.setConnectionInitSql(
        "SET statement_timeout = %d; SET lock_timeout = %d"
            .formatted(options.statementTimeout().toMillis(), LOCK_TIMEOUT.toMillis()));
    Duration network = options.statementTimeout().plus(NETWORK_MARGIN);
    config.addDataSourceProperty("socketTimeout", Long.toString(network.toSeconds()));
    config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("ApplicationName", "watchhub-controlplane");
    return config;
  }

  /**
   * Does {@code work} on a session, outside of a transaction.
   *
   * @param doing what it does and to what, for the message of its failure
   */
  <T> T call(String doing, Work<T> work) {
    return on(
        doing,
        connection -> {
          Pulse.Call call = pulse.watch(connection);
          try {
            return work.on(connection);
          } finally {
            call.done();
          }
        });
  }

  private <T> T on(String doing, Work<T> work) {
    if (!tryEnter()) {
      throw new StoreException(
          pulse.answers() ? Kind.BUSY : Kind.UNAVAILABLE,
          doing + ": too many requests wait for the database",
          null);
    }
    try (Connection connection = connect(doing)) {
      return work.on(connection);
    } catch (SQLException e) {
      throw SqlErrors.ofStatement(doing, e);
    } finally {
      callers.release();
    }
  }

  private boolean tryEnter() {
    try {
      return callers.tryAcquire(TURN_TIMEOUT.toMillis(), MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server stops
      return false;
    }
  }

  private Connection connect(String doing) {
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      throw SqlErrors.ofConnect(doing, e);
    }
  }

  /** Does {@code work} in one transaction, and gives its statements up to {@code timeout}. */
  <T> T transact(String doing, Duration timeout, Work<T> work) {
    Work<T> transaction =
        connection -> {
          connection.setNetworkTimeout(
              Runnable::run, Math.toIntExact(timeout.plus(NETWORK_MARGIN).toMillis()));
          connection.setAutoCommit(false);
          try (var statement = connection.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = " + timeout.toMillis());
            T result = work.on(connection);
            connection.commit();
            return result;
          }
        };
    return timeout.compareTo(watched) > 0 ? on(doing, transaction) : call(doing, transaction);
  }

  @Override
  public void close() {
    pulse.close();
    pool.close();
  }
}
