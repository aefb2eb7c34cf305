package dev.watchhub.hub.replication;

import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Writes a small message into the write-ahead log once a second, which comes back through the slot.
 *
 * <p>Its coming back says that everything before it has been read. Its connection also notices that
 * the server goes away: a server that shuts down ends ordinary sessions first, and then waits for
 * the hub to confirm all that was sent, which a hub that keeps a tail never does. So when this
 * connection fails, the stream has to go as well. And when the stream is silent although the server
 * has sent what it owes, the stream is dead.
 *
 * <p>Threading: {@link #poll} belongs to one thread.
 */
final class Heartbeat implements Worker.Step {
  /** How long the server may take to answer. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  /** How long a message may be on its way while nothing else comes, before the server is asked. */
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(10);

  private static final Duration LONG_TRANSACTION = Duration.ofSeconds(10);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int REPORT_EVERY = 5;
  private static final int FLUSHING_VERSION = 17;

  private record Sent(long number, Lsn at, long nanos) {}

  // Fixed at construction.
  private final Connection session;
  private final Source source;
  private final String origin;
  private final AtomicLong sent;
  private final int walsender;
  private final LongSupplier returned;
  private final LongSupplier lastReadNanos;
  private final Consumer<SlotReport> report;
  private final Consumer<SQLException> failed;
  private final LongSupplier nanoTime;

  // Polling thread only.
  private final Deque<Sent> underWay = new ArrayDeque<>();
  private int beats;
  private boolean broken;

  /**
   * A heartbeat that starts at the first {@link #poll}.
   *
   * @param session its own, closed by {@link #stop}
   * @param origin of the messages, by which the hub knows its own again
   * @param sent number of the newest message, counted on here
   * @param walsender the server process at the other end of the stream
   * @param returned number of the newest message that has come back
   * @param lastReadNanos when the stream last brought anything
   * @param report told every few seconds what the slot costs
   * @param failed called once, on the polling thread
   */
  Heartbeat(
      Connection session,
      Source source,
      String origin,
      AtomicLong sent,
      int walsender,
      LongSupplier returned,
      LongSupplier lastReadNanos,
      Consumer<SlotReport> report,
      Consumer<SQLException> failed,
      LongSupplier nanoTime) {
    this.session = session;
    this.source = source;
    this.origin = origin;
    this.sent = sent;
    this.walsender = walsender;
    this.returned = returned;
    this.lastReadNanos = lastReadNanos;
    this.report = report;
    this.failed = failed;
    this.nanoTime = nanoTime;
  }

  @Override
  public int poll() {
    if (!broken) {
      try {
        send();
        checkStream();
        if (beats++ % REPORT_EVERY == 0) {
          report.accept(SlotReport.ask(session, source.slot(), LONG_TRANSACTION));
        }
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
        """
        SELECT pg_logical_emit_message(%s, ?, ? || pg_current_snapshot() || ' ' || (%s)%s)
        """
            .formatted(!flushes, Setup.PUBLICATION_MARK, flushes ? ", true" : "");
    long now = nanoTime.getAsLong();
    long number = sent.get() + 1;
    try (PreparedStatement statement = session.prepareStatement(sql)) {
      statement.setString(1, TransactionAssembler.PREFIX);
      statement.setString(2, Beat.head(origin, number, now, source.slot()));
      statement.setString(3, source.publication());
      sent.set(number); // before it can come back
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        underWay.add(new Sent(number, Lsn.parse(row.getString(1)).orElse(Lsn.ZERO), now));
      }
    }
  }

  private void checkStream() throws SQLException {
    while (!underWay.isEmpty() && underWay.getFirst().number() <= returned.getAsLong()) {
      underWay.remove();
    }
    long silentSince = nanoTime.getAsLong() - SILENCE_LIMIT.toNanos();
    if (!underWay.isEmpty()
        && underWay.getFirst().nanos() - silentSince < 0
        && lastReadNanos.getAsLong() - silentSince < 0
        && !serverIsStillReading(underWay.getFirst().at())) {
      throw new SQLException(
          "the stream has brought nothing for %d s, although the server has something to send: the link is dead"
              .formatted(SILENCE_LIMIT.toSeconds()));
    }
  }

  /** Whether the walsender has yet to come to {@code lsn}: a large transaction keeps it busy. */
  private boolean serverIsStillReading(Lsn lsn) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT sent_lsn < ?::pg_lsn AND wait_event IS DISTINCT FROM 'WalSenderWriteData'
            FROM pg_stat_replication JOIN pg_stat_activity USING (pid) WHERE pid = ?
            """)) {
      statement.setString(1, lsn.toString());
      statement.setInt(2, walsender);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
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
