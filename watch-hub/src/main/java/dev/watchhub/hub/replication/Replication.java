package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.hub.log.Transaction;
import dev.watchhub.hub.pgoutput.PgOutputException;
import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the log in step with the database, over any number of connections.
 *
 * <p>Threading: {@link #poll} belongs to one thread, which is the log's writing thread; it waits
 * inside for the next message. {@link #status} and {@link #unblock} may be called by any.
 */
public final class Replication implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(Replication.class);
  private static final Duration SETUP_LIMIT = Duration.ofSeconds(30);

  // Fixed at construction.
  private final Source source;
  private final ChangeLog log;
  private final Runnable changed;
  private final LongSupplier nanoTime;
  private final Faults faults;
  private final String origin = UUID.randomUUID().toString();

  // Polling thread only.
  private Backoff backoff = Backoff.between(Duration.ofMillis(100), Duration.ofSeconds(5));
  private long nextTryNanos;
  private @Nullable Link link;
  private boolean loaded;
  private boolean slotUnreadable;

  // Written by the polling thread, read anywhere.
  private volatile LinkStatus status = new LinkStatus(false, "not connected yet");
  private volatile @Nullable Connection replication;
  private volatile @Nullable Connection settingUp;

  // Written by the heartbeat's thread, which has ended when it is read.
  private volatile @Nullable UnreadableSlotException publicationChanged;

  // Atomic.
  private final AtomicLong heartbeatsSent;
  private volatile boolean stopping;

  /**
   * A replication that connects at the first {@link #poll}.
   *
   * @param heartbeatsSent number of the newest heartbeat sent; counted on here
   * @param changed run after every change of the log
   */
  public Replication(
      Source source,
      ChangeLog log,
      AtomicLong heartbeatsSent,
      Runnable changed,
      LongSupplier nanoTime,
      Faults faults) {
    this.source = source;
    this.heartbeatsSent = heartbeatsSent;
    this.log = log;
    this.changed = changed;
    this.nanoTime = nanoTime;
    this.faults = faults;
    this.nextTryNanos = nanoTime.getAsLong();
  }

  /**
   * Looks once, before the first {@link #poll}, whether the database is set up for a hub; one that
   * cannot be reached now may be.
   *
   * @throws SetupException if it is not
   */
  public void check() {
    try (Connection session = Connections.session(source, SETUP_LIMIT)) {
      slotUnreadable = Setup.check(session, source);
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("28") || state.startsWith("3D")) { // who, and where: no use in waiting
        throw new SetupException("the database refuses the hub: " + e.getMessage(), e);
      }
      LOG.warn("the database cannot be reached yet: {}", e.getMessage());
    }
  }

  /** How the hub stands with its database. Any thread. */
  public LinkStatus status() {
    return status;
  }

  /** Connects when there is no connection and it is time, else waits for one message. */
  @Override
  public int poll() {
    Link current = link;
    if (current == null && nanoTime.getAsLong() - nextTryNanos < 0) {
      return 0;
    }
    try {
      if (current == null) {
        link = connect();
      } else {
        current.read().ifPresent(assembled -> apply(current, assembled));
      }
    } catch (SQLException | PgOutputException | SetupException | UnreadableSlotException e) {
      disconnect();
      UnreadableSlotException seen = publicationChanged;
      publicationChanged = null;
      Exception cause = seen == null ? e : seen;
      slotUnreadable |= cause instanceof UnreadableSlotException;
      backoff = backoff.next();
      nextTryNanos = nanoTime.getAsLong() + backoff.delay().toNanos();
      say(String.valueOf(cause.getMessage()));
    }
    return 1;
  }

  /** Notes why nothing is read; says it once, not at every try. */
  private void say(String reason) {
    if (!stopping && !reason.equals(status.detail())) {
      LOG.warn("not reading from the database: {}", reason);
    }
    status = new LinkStatus(false, reason);
  }

  @Override
  public Duration pause() {
    return Duration.ofNanos(Math.max(nextTryNanos - nanoTime.getAsLong(), 1));
  }

  private void apply(Link from, Assembled assembled) {
    LogState before = log.state();
    if (assembled instanceof Assembled.Inserted inserted) {
      Position end = from.server.at(inserted.end());
      if (end.lsn().compareTo(before.position().lsn()) <= 0) {
        return; // seen before the connection was lost
      }
      log.append(new Transaction(end, inserted.committedAt(), inserted.xid(), inserted.rows()));
    } else if (assembled instanceof Assembled.Overrun overrun) {
      Position end = from.server.at(overrun.end());
      if (end.lsn().compareTo(before.position().lsn()) <= 0) {
        return;
      }
      log.overrun(end, overrun.latest());
    } else if (assembled instanceof Assembled.Heartbeat heartbeat) {
      long number = Heartbeat.ownNumber(origin, heartbeat.content());
      if (heartbeat.at().compareTo(before.position().lsn()) > 0) {
        log.advance(from.server.at(heartbeat.at()), number);
      }
      if (number > from.heartbeatsBefore && !before.ready()) {
        log.ready(true);
        backoff = backoff.reset();
        LOG.info("ready at {} with {} keys", heartbeat.at(), log.state().image().liveCount());
      }
    }
    from.confirm(log.state().oldestPosition().lsn());
    changed.run();
  }

  private Link connect() throws SQLException {
    Connection stream = Connections.replication(source);
    replication = stream;
    if (stopping) {
      throw new SQLException("stopping");
    }
    ServerIdentity server = ServerIdentity.ask(stream);
    Connection session = Connections.session(source, SETUP_LIMIT);
    settingUp = session;
    boolean handedOver = false;
    try {
      if (stopping) {
        throw new SQLException("stopping");
      }
      slotUnreadable |= Setup.check(session, source);
      String publicationMark = Setup.publicationMark(session, source);
      Lsn from = bringUp(stream, session, server);
      long heartbeatsBefore = heartbeatsSent.get();
      session.setNetworkTimeout(Runnable::run, (int) Heartbeat.ANSWER_LIMIT.toMillis());
      try (Statement statement = session.createStatement()) {
        statement.execute("SET synchronous_commit = local"); // see Heartbeat
      }
      Link link =
          Link.start(
              stream.unwrap(PGConnection.class),
              source,
              from,
              server,
              heartbeatsBefore,
              log.bounds().maxBytes(),
              new Heartbeat(
                  session,
                  origin,
                  heartbeatsSent,
                  source,
                  publicationMark,
                  e -> {
                    if (e instanceof UnreadableSlotException unreadable) {
                      publicationChanged = unreadable;
                    }
                    Connections.abort(stream);
                  }),
              faults);
      handedOver = true;
      status = new LinkStatus(true, "reading slot " + source.slot());
      LOG.info("reading slot {} of cluster {} from {}", source.slot(), server.cluster(), from);
      return link;
    } finally {
      settingUp = null;
      if (!handedOver) {
        session.close();
      }
    }
  }

  /** Makes image, log and slot fit each other, and returns where to read on. */
  private Lsn bringUp(Connection stream, Connection session, ServerIdentity server)
      throws SQLException {
    LogState held = log.state();
    Optional<Slot> slot = Slot.find(session, source);
    if (slot.isPresent() && slotUnreadable) {
      LOG.warn("dropping slot {}, which cannot be read any more", source.slot());
      Slot.drop(session, source);
    } else if (slot.isPresent()) {
      Lsn confirmed = slot.get().confirmed();
      if (loaded
          && server.isOf(held.position())
          && confirmed.compareTo(held.position().lsn()) <= 0) {
        return held.position().lsn();
      }
      restart(session, Optional.empty(), server.at(confirmed));
      return confirmed;
    }
    status =
        new LinkStatus(
            false,
            "creating slot " + source.slot() + ", which waits for every open transaction to end");
    LOG.info("{}", status.detail());
    Slot.Created created = Slot.create(stream, source);
    restart(session, Optional.of(created.snapshotName()), server.at(created.consistentPoint()));
    slotUnreadable = false;
    return created.consistentPoint();
  }

  private void restart(Connection session, Optional<String> snapshotName, Position from)
      throws SQLException {
    Position held = log.state().position();
    ResetReason reason =
        !loaded || held.equals(from.at(held.lsn()))
            ? ResetReason.EXPIRED
            : held.cluster() == from.cluster() ? ResetReason.TIMELINE : ResetReason.CLUSTER;
    status = new LinkStatus(false, "loading the table");
    Image image = TableLoad.load(session, snapshotName);
    log.restart(image, from, reason);
    loaded = true;
    LOG.info("loaded {} keys", image.liveCount());
  }

  private void disconnect() {
    log.ready(false);
    changed.run();
    Link current = link;
    link = null;
    if (current != null) {
      current.close();
    }
    Connection stream = replication;
    replication = null;
    if (stream != null) {
      Connections.abort(stream);
    }
  }

  @Override
  public void unblock() {
    stopping = true;
    for (Connection waitedFor : new Connection[] {replication, settingUp}) {
      if (waitedFor != null) {
        Connections.abort(waitedFor);
      }
    }
  }

  @Override
  public void stop() {
    disconnect();
    status = new LinkStatus(false, "stopped");
  }
}
