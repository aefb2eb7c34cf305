package dev.watchhub.hub.replication;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a slot, which waits for every open transaction of the cluster, and says meanwhile for
 * which.
 *
 * <p>Threading: {@link #poll} runs on a thread of its own, which has {@code session} while the
 * other waits for the slot.
 */
final class SlotCreation implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(SlotCreation.class);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(4); // closing waits for it
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final Connection stream;
  private final Connection session;
  private final int walsender;
  private final Source source;
  private final Consumer<String> status;
  private boolean broken;

  private SlotCreation(
      Connection stream, Connection session, Source source, Consumer<String> status)
      throws SQLException {
    this.stream = stream;
    this.session = session;
    this.walsender = stream.unwrap(PGConnection.class).getBackendPID();
    this.source = source;
    this.status = status;
  }

  /**
   * Makes the slot.
   *
   * @param status is told what is waited for; any thread
   */
  static Slot.Created create(
      Connection stream, Connection session, Source source, Consumer<String> status, Faults faults)
      throws SQLException {
    status.accept("creating slot " + source.slot());
    LOG.info("creating slot {}", source.slot());
    boolean failsOver = session.getMetaData().getDatabaseMajorVersion() >= 17;
    SlotCreation wait = new SlotCreation(stream, session, source, status);
    int answerLimitMillis = session.getNetworkTimeout();
    int streamLimitMillis = stream.getNetworkTimeout();
    session.setNetworkTimeout(Runnable::run, (int) ANSWER_LIMIT.toMillis());
    Worker worker = Worker.start("hub-slot-creation", wait, faults);
    try {
      stream.setNetworkTimeout(Runnable::run, 0); // the other notices when the server is gone
      Slot.Created created = Slot.create(stream, source, failsOver);
      stream.setNetworkTimeout(Runnable::run, streamLimitMillis);
      return created;
    } finally {
      worker.close();
      session.setNetworkTimeout(Runnable::run, answerLimitMillis);
    }
  }

  @Override
  public int poll() {
    if (!broken) {
      try {
        blocker()
            .ifPresent(
                who ->
                    status.accept(
                        "creating slot %s, which waits for every open transaction to end: now for %s"
                            .formatted(source.slot(), who)));
      } catch (SQLException e) {
        broken = true;
        LOG.warn("creating slot {}: the server does not answer: {}", source.slot(), e.getMessage());
        Connections.abort(stream); // nothing else would notice
      }
    }
    return 0;
  }

  /** Whom the walsender waits for; empty when for nobody. */
  private Optional<String> blocker() throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT pid, state, datname, application_name,
              round(extract(epoch FROM clock_timestamp() - xact_start)) AS seconds
            FROM unnest(pg_blocking_pids(?)) pid LEFT JOIN pg_stat_activity USING (pid)
            """)) {
      statement.setInt(1, walsender);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        int pid = row.getInt("pid");
        return Optional.of(
            pid == 0
                ? "a prepared transaction (pg_prepared_xacts)"
                : "process %d (database %s, application '%s', %s, open for %s s)"
                    .formatted(
                        pid,
                        row.getString("datname"),
                        row.getString("application_name"),
                        row.getString("state"),
                        row.getString("seconds")));
      }
    }
  }

  @Override
  public Duration pause() {
    return INTERVAL;
  }
}
