package dev.watchhub.controlplane.store;

import dev.watchhub.lifecycle.Worker;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends calls of a database that has fallen silent: its machine stands still, or the network between
 * does. A call by itself cannot tell that from a statement that takes long.
 *
 * <p>Twice a second it asks for nothing on a session of its own. When no answer comes, the calls
 * that began before the question, and have as little of an answer, lose their connections.
 *
 * <p>Threading: the thread {@code database-pulse} asks; any thread begins and ends calls.
 */
final class Pulse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration SILENCE_LIMIT = Duration.ofMillis(800);
  private static final String LOGIN_LIMIT_SECONDS = "1";

  /** A call on a session that is watched over. */
  final class Call {
    private final Connection connection;
    private final long startNanos = System.nanoTime();

    private Call(Connection connection) {
      this.connection = connection;
    }

    private void end() {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        LOG.debug("a silent session could not be aborted", e);
      }
    }

    /** It needs no watch any more, however it ended. */
    void done() {
      calls.remove(this);
    }
  }

  private final String jdbcUrl;
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private final Worker worker;
  private volatile boolean answers = true;

  private Pulse(String jdbcUrl) {
    this.jdbcUrl = jdbcUrl;
    worker =
        Worker.start(
            "database-pulse", new Beat(), (name, cause) -> LOG.error("{} ended", name, cause));
  }

  /** Starts to ask. */
  static Pulse start(String jdbcUrl) {
    return new Pulse(jdbcUrl);
  }

  /** Watches over a call on {@code connection}, until it is done. */
  Call watch(Connection connection) {
    Call call = new Call(connection);
    calls.add(call);
    return call;
  }

  /** Whether the last question was answered; true before the first. */
  boolean answers() {
    return answers;
  }

  private final class Beat implements Worker.Step {
    private volatile @Nullable Connection session;
    private boolean silent;

    @Override
    public int poll() {
      long asked = System.nanoTime();
      try {
        ask();
        answers = true;
        if (silent) {
          LOG.info("the database answers again");
        }
        silent = false;
      } catch (SQLException e) {
        stop();
        answers = false;
        boolean late = System.nanoTime() - asked >= SILENCE_LIMIT.toNanos();
        if (late) {
          endCalls(asked);
        }
        silent |= late;
      }
      return 0;
    }

    private void ask() throws SQLException {
      Connection current = session;
      if (current == null) {
        current = connect();
        session = current;
      }
      try (Statement statement = current.createStatement()) {
        statement.execute("");
      }
    }

    private Connection connect() throws SQLException {
      Properties more = new Properties();
      more.setProperty("connectTimeout", LOGIN_LIMIT_SECONDS);
      more.setProperty("socketTimeout", LOGIN_LIMIT_SECONDS);
      more.setProperty("ApplicationName", "watchhub-controlplane");
      Connection connection = DriverManager.getConnection(jdbcUrl, more);
      connection.setNetworkTimeout(Runnable::run, Math.toIntExact(SILENCE_LIMIT.toMillis()));
      return connection;
    }

    private void endCalls(long beforeNanos) {
      if (!silent) {
        LOG.warn("the database does not answer within {} ms", SILENCE_LIMIT.toMillis());
      }
      calls.stream().filter(call -> call.startNanos - beforeNanos < 0).forEach(Call::end);
    }

    /** Sooner while it is silent: calls that began since the last question wait for the next. */
    @Override
    public Duration pause() {
      return silent ? INTERVAL.dividedBy(10) : INTERVAL;
    }

    @Override
    public void unblock() {
      stop();
    }

    @Override
    public void stop() {
      Connection current = session;
      session = null;
      if (current != null) {
        try {
          current.abort(Runnable::run);
        } catch (SQLException e) {
          LOG.debug("the session of the pulse could not be aborted", e);
        }
      }
    }
  }

  /** Ends its thread and its session. Idempotent. */
  @Override
  public void close() {
    worker.close();
  }
}
