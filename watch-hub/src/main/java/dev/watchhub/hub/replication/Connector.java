package dev.watchhub.hub.replication;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to the database, as often as it takes.
 *
 * <p>Threading: {@link #connect} belongs to one thread; {@link #unblock} may be called by any.
 */
final class Connector {
  private static final Logger LOG = LoggerFactory.getLogger(Connector.class);
  private static final Duration SETUP_LIMIT = Duration.ofSeconds(30);
  private static final int TERMINATE_MILLIS = 2_000;

  // Fixed at construction.
  private final Source source;
  private final Alignment alignment;
  private final long maxBytes;
  private final AtomicLong heartbeatsSent;
  private final LongSupplier heartbeatsReturned;
  private final Consumer<SlotReport> report;
  private final LongSupplier nanoTime;
  private final Faults faults;
  private final String origin = UUID.randomUUID().toString();

  // Connecting thread only.
  private int walsender; // of the last stream, 0 before the first
  private @Nullable String lastMark; // of the publication, when the last stream began

  // Written by the connecting thread, read anywhere.
  private volatile @Nullable Connection replication;
  private volatile @Nullable Connection settingUp;

  // Written by the heartbeat's thread, which has ended when it is read.
  private volatile @Nullable SQLException heartbeatFailure;

  // Written by the closing thread.
  private volatile boolean stopping;

  /**
   * A connector that has not connected yet.
   *
   * @param maxBytes of a transaction that is kept whole
   * @param heartbeatsSent number of the newest heartbeat sent; counted on here
   * @param heartbeatsReturned number of the newest one that has come back
   * @param report told every few seconds what the slot costs; any thread
   */
  Connector(
      Source source,
      Alignment alignment,
      long maxBytes,
      AtomicLong heartbeatsSent,
      LongSupplier heartbeatsReturned,
      Consumer<SlotReport> report,
      LongSupplier nanoTime,
      Faults faults) {
    this.source = source;
    this.alignment = alignment;
    this.maxBytes = maxBytes;
    this.heartbeatsSent = heartbeatsSent;
    this.heartbeatsReturned = heartbeatsReturned;
    this.report = report;
    this.nanoTime = nanoTime;
    this.faults = faults;
  }

  /** Whose heartbeats are this hub's. */
  String origin() {
    return origin;
  }

  /** Why a link that was closed has failed: often its heartbeat was the first to notice. */
  String reason(Exception seen) {
    SQLException first = heartbeatFailure;
    Exception cause = first != null && seen instanceof SQLException ? first : seen;
    return String.valueOf(cause.getMessage());
  }

  /** {@link Replication#check}. */
  void check() {
    try (Connection session = Connections.session(source, SETUP_LIMIT)) {
      if (Setup.check(session, source)) {
        alignment.slotIsUnreadable();
      }
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("28") || state.startsWith("3D")) { // who, and where: no use in waiting
        throw new SetupException("the database refuses the hub: " + e.getMessage(), e);
      }
      LOG.warn("the database cannot be reached yet: {}", e.getMessage());
    }
  }

  /**
   * Connects, and starts the stream where log and slot meet.
   *
   * @throws SetupException if the database is not set up for a hub
   */
  Link connect() throws SQLException {
    heartbeatFailure = null;
    Connection stream = Connections.replication(source);
    replication = stream;
    Connection session = null;
    boolean handedOver = false;
    try {
      stopIfAsked();
      // Until the stream begins every answer comes soon, but for a slot's creation.
      stream.setNetworkTimeout(Runnable::run, (int) SETUP_LIMIT.toMillis());
      session = Connections.session(source, SETUP_LIMIT);
      settingUp = session;
      stopIfAsked();
      // The mark first: what is altered after it shows in the heartbeats.
      String publicationMark = Setup.publicationMark(session, source);
      if (Setup.check(session, source)) {
        alignment.slotIsUnreadable();
        publicationMark = Setup.publicationMark(session, source);
      }
      if (lastMark != null && !lastMark.equals(publicationMark)) {
        alignment.slotIsUnreadable();
      }
      // After the check, which refuses a standby: one that is promoted changes its timeline.
      ServerIdentity server = ServerIdentity.ask(stream, session);
      endLastWalsender(session);
      Alignment.Start start = alignment.align(stream, session, server);
      long heartbeatsBefore = heartbeatsSent.get();
      PGReplicationStream reading = Link.stream(stream, source, start.from());
      stream.setNetworkTimeout(Runnable::run, 0); // it waits for as long as nothing happens
      lastMark = publicationMark;
      walsender = stream.unwrap(PGConnection.class).getBackendPID();
      LOG.info(
          "reading slot {} of cluster {} from {}", source.slot(), server.cluster(), start.from());
      AtomicLong lastReadNanos = new AtomicLong(nanoTime.getAsLong());
      Heartbeat heartbeat = heartbeat(session, stream, lastReadNanos);
      handedOver = true;
      return new Link(
          stream,
          reading,
          new TransactionAssembler(maxBytes),
          server,
          start.slotBegin(),
          publicationMark,
          heartbeatsBefore,
          lastReadNanos,
          nanoTime,
          Worker.start("hub-heartbeat", heartbeat, faults));
    } finally {
      settingUp = null;
      if (!handedOver) {
        Connections.abort(stream);
        if (session != null) {
          Connections.abort(session);
        }
      }
    }
  }

  private void stopIfAsked() throws SQLException {
    if (stopping) { // unblock() may have come too early to see the connection
      throw new SQLException("stopping");
    }
  }

  private Heartbeat heartbeat(Connection session, Connection stream, AtomicLong lastReadNanos)
      throws SQLException {
    session.setNetworkTimeout(Runnable::run, (int) Heartbeat.ANSWER_LIMIT.toMillis());
    try (Statement statement = session.createStatement()) {
      statement.execute("SET synchronous_commit = local"); // see Heartbeat
    }
    return new Heartbeat(
        session,
        source,
        origin,
        heartbeatsSent,
        walsender,
        heartbeatsReturned,
        lastReadNanos::get,
        report,
        e -> {
          heartbeatFailure = e;
          Connections.abort(stream);
        },
        nanoTime);
  }

  /** A server may notice only after a minute that the hub is not at the other end any more. */
  private void endLastWalsender(Connection session) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT pg_terminate_backend(active_pid, ?) FROM pg_replication_slots
            WHERE slot_name = ? AND active_pid = ?
            """)) {
      statement.setInt(1, TERMINATE_MILLIS);
      statement.setString(2, source.slot());
      statement.setInt(3, walsender);
      statement.execute();
    }
  }

  /** Ends a {@link #connect} or a stream that waits. Any thread. */
  void unblock() {
    stopping = true;
    for (Connection waitedFor : new Connection[] {replication, settingUp}) {
      if (waitedFor != null) {
        Connections.abort(waitedFor);
      }
    }
  }
}
