package dev.watchhub.controlplane.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that compacts, and holds the lock by which one does so at a time.
 *
 * <p>Threading: one thread, {@link #abort} excepted. Every call throws {@link StoreException} when
 * the database does not do it.
 */
public final class CompactionSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CompactionSession.class);

  private final Connection connection;

  private CompactionSession(Connection connection) {
    this.connection = connection;
  }

  static CompactionSession open(StoreOptions options) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "watchhub-compaction");
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("socketTimeout", "15"); // longer than a statement may take
    properties.setProperty("tcpKeepAlive", "true");
    try {
      Connection connection = DriverManager.getConnection(options.jdbcUrl(), properties);
      try (Statement statement = connection.createStatement()) {
        connection.setSchema(options.schema());
        statement.execute(
            """
            SET statement_timeout = '10s';
            SET lock_timeout = '1s';
            -- A crash that loses the removal loses the note of it too.
            SET synchronous_commit = off;
            -- A control plane that stands still must not keep the others from compacting.
            SET idle_session_timeout = '60s'
            """);
        return new CompactionSession(connection);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw SqlErrors.ofConnect("connecting to compact", e);
    }
  }

  /** Gets the lock for as long as this session lives; false if somebody else has it. */
  public boolean tryLock() {
    return ask(
        "SELECT pg_try_advisory_lock(hashtextextended('watchhub/compaction/' || current_schema(), 0))",
        null);
  }

  /**
   * Whether an automatic run is to begin, the last one having begun so long ago; then it has begun.
   */
  public boolean begins(long everyMillis) {
    return ask("SELECT compaction_begins(?)", everyMillis);
  }

  private boolean ask(String sql, @Nullable Long bound) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (bound != null) {
        statement.setLong(1, bound);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    } catch (SQLException e) {
      throw SqlErrors.ofStatement("asking for a turn to compact", e);
    }
  }

  /** Notes what an automatic run did. */
  public void ended(long removed, long held, @Nullable String error) {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT compaction_ended(?, ?, ?)")) {
      statement.setLong(1, removed);
      statement.setLong(2, held);
      statement.setString(3, error);
      statement.execute();
    } catch (SQLException e) {
      throw SqlErrors.ofStatement("noting what compaction did", e);
    }
  }

  /**
   * Does one step, in a transaction of its own.
   *
   * @param last the step before
   * @param maxRows most rows to look at, from 1
   * @param dryRun whether to count only
   */
  public CompactionStep step(
      CompactionRule rule, CompactionHold hold, CompactionStep last, int maxRows, boolean dryRun) {
    String sql =
        """
        SELECT removed, held, last_key, last_revision, done
        FROM compact_step('', ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, rule.beforeRevision(), Types.BIGINT);
      statement.setObject(2, rule.beforeMillis(), Types.BIGINT);
      statement.setObject(3, rule.keepRows(), Types.BIGINT);
      statement.setLong(4, hold.fromTxid());
      statement.setLong(5, hold.sinceMillis());
      statement.setString(6, last.lastKey());
      statement.setLong(7, last.lastRevision());
      statement.setInt(8, maxRows);
      statement.setBoolean(9, dryRun);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new CompactionStep(
            row.getLong("removed"),
            row.getLong("held"),
            row.getString("last_key"),
            row.getLong("last_revision"),
            row.getBoolean("done"));
      }
    } catch (SQLException e) {
      throw SqlErrors.ofStatement("compacting", e);
    }
  }

  /** Breaks the connection, so that a call that waits fails. Any thread. */
  public void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("the session that compacts could not be broken", e);
    }
  }

  /** Gives the lock back, and ends the session. */
  @Override
  public void close() {
    // The server ends a session some time after its client does, and the lock with it.
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_unlock_all()");
    } catch (SQLException e) {
      LOG.debug("the session that compacts could not be closed", e);
    }
  }
}
