package dev.watchhub.hub.replication;

import dev.watchhub.lifecycle.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Writes a small message into the write-ahead log once a second, which comes back through the slot.
 *
 * <p>Its coming back says that everything before it has been read. Its connection also notices that
 * the server goes away: a server that shuts down ends ordinary sessions first, and then waits for
 * the hub to confirm all that was sent, which a hub that keeps a tail never does. So when this
 * connection fails, the stream has to go as well.
 *
 * <p>Threading: {@link #poll} belongs to one thread.
 */
final class Heartbeat implements Worker.Step {
  /** How long the server may take to answer. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int FLUSHING_VERSION = 17;

  private final Connection session;
  private final String origin;
  private final AtomicLong sent;
  private final Consumer<SQLException> failed;
  private boolean broken;

  /**
   * A heartbeat that starts at the first {@link #poll}.
   *
   * @param session its own, closed by {@link #stop}
   * @param origin of the messages, by which the hub knows its own again
   * @param sent number of the newest message, counted on here
   * @param failed called once, on the polling thread
   */
  Heartbeat(Connection session, String origin, AtomicLong sent, Consumer<SQLException> failed) {
    this.session = session;
    this.origin = origin;
    this.sent = sent;
    this.failed = failed;
  }

  /** What a message says. */
  static String content(String origin, long number) {
    return origin + ":" + number;
  }

  /** The number in a message of {@code origin}; 0 for another's. */
  static long ownNumber(String origin, String content) {
    return content.startsWith(origin + ":")
        ? Long.parseLong(content.substring(origin.length() + 1))
        : 0;
  }

  @Override
  public int poll() {
    if (!broken) {
      try {
        send();
      } catch (SQLException e) {
        broken = true;
        failed.accept(e);
      }
    }
    return 0;
  }

  private void send() throws SQLException {
    // Before 17 a message outside of a transaction waits for the WAL writer. A synchronous standby
    // is not waited for: the message holds nothing that could be lost.
    boolean flushes = session.getMetaData().getDatabaseMajorVersion() >= FLUSHING_VERSION;
    String sql =
        flushes
            ? "SELECT pg_logical_emit_message(false, ?, ?, true)"
            : "SELECT pg_logical_emit_message(true, ?, ?)";
    try (PreparedStatement statement = session.prepareStatement(sql)) {
      statement.setString(1, TransactionAssembler.PREFIX);
      statement.setString(2, content(origin, sent.incrementAndGet()));
      statement.execute();
    }
  }

  @Override
  public Duration pause() {
    return INTERVAL;
  }

  /** Ends an answer that is waited for: a server that stands still must not hold up its loss. */
  @Override
  public void unblock() {
    Connections.abort(session);
  }

  @Override
  public void stop() throws SQLException {
    session.close();
  }
}
