package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.hub.pgoutput.PgOutputException;
import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the log in step with the database, over any number of connections.
 *
 * <p>Threading: {@link #poll} belongs to one thread, which is the log's writing thread; it waits
 * inside for the next message. {@link #status}, {@link #slot}, {@link #delay}, {@link #counters}
 * and {@link #unblock} may be called by any.
 */
public final class Replication implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(Replication.class);

  // Fixed at construction.
  private final ChangeLog log;
  private final Source source;
  private final Counters counters = new Counters();
  private final WalAllowance allowance;
  private final Alignment alignment;
  private final Connector connector;
  private final Intake intake;
  private final Runnable changed;
  private final LongSupplier nanoTime;

  // Polling thread only.
  private Backoff backoff = Backoff.between(Duration.ofMillis(100), Duration.ofSeconds(5));
  private long nextTryNanos;
  private @Nullable Link link;
  private String said = "";

  // Written by the hub's own threads, read anywhere.
  private volatile LinkStatus status = new LinkStatus(false, "not connected yet");
  private volatile @Nullable SlotReport slot;

  // Atomic.
  private final AtomicReference<@Nullable SlotReport> freshReport = new AtomicReference<>();

  // Written by the closing thread.
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
    this.log = log;
    this.source = source;
    this.changed = changed;
    this.nanoTime = nanoTime;
    this.nextTryNanos = nanoTime.getAsLong();
    Progress progress = new Progress();
    this.allowance = new WalAllowance(log.bounds().maxWalBytes());
    this.alignment =
        new Alignment(
            source,
            log,
            progress,
            allowance,
            counters,
            detail -> status = new LinkStatus(false, detail),
            faults);
    this.connector =
        new Connector(
            source,
            alignment,
            log.bounds().maxBytes(),
            heartbeatsSent,
            () -> log.state().heartbeat(),
            report -> {
              slot = report;
              freshReport.set(report);
            },
            nanoTime,
            faults);
    this.intake =
        new Intake(source, log, progress, counters, heartbeatsSent, connector.origin(), nanoTime);
  }

  /**
   * Looks once, before the first {@link #poll}, whether the database is set up for a hub; one that
   * cannot be reached now may be.
   *
   * @throws SetupException if it is not
   */
  public void check() {
    connector.check();
  }

  /** What it reads. Any thread. */
  public Source source() {
    return source;
  }

  /** How the hub stands with its database. Any thread. */
  public LinkStatus status() {
    return status;
  }

  /** What its slot costs the server; null while that is not known. Any thread. */
  public @Nullable SlotReport slot() {
    return slot;
  }

  /** How long the newest heartbeat took to come back; null while none is expected. Any thread. */
  public @Nullable Duration delay() {
    return intake.delay();
  }

  /** What has happened so far. Any thread. */
  public Counters counters() {
    return counters;
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
        link = connector.connect();
        counters.connected();
        status = new LinkStatus(true, "reading slot " + source.slot());
      } else {
        Optional<Assembled> read = current.read();
        if (read.isPresent()) {
          take(current, read.get());
        }
      }
    } catch (SQLException | PgOutputException | SetupException | UnreadableSlotException e) {
      disconnect();
      if (e instanceof UnreadableSlotException) {
        alignment.slotIsUnreadable();
      }
      backoff = backoff.next();
      nextTryNanos = nanoTime.getAsLong() + backoff.delay().toNanos();
      say(connector.reason(e));
    }
    return 1;
  }

  /** Notes why nothing is read; says it once, not at every try. */
  private void say(String reason) {
    if (!stopping && !reason.equals(said)) {
      LOG.warn("not reading from the database: {}", reason);
      said = reason;
    }
    status = new LinkStatus(false, reason);
  }

  @Override
  public Duration pause() {
    return Duration.ofNanos(Math.max(nextTryNanos - nanoTime.getAsLong(), 1));
  }

  private void take(Link from, Assembled assembled) throws SQLException {
    boolean wasReady = log.state().ready();
    intake.accept(from, assembled);
    SlotReport fresh = freshReport.getAndSet(null);
    if (fresh != null) {
      allowance.note(fresh);
    }
    LogState now = log.state();
    if (now.ready() && !wasReady) {
      backoff = backoff.reset();
      said = "";
      LOG.info("ready at {} with {} keys", now.position().lsn(), now.image().liveCount());
    }
    from.confirm(log.within(allowance.bytes()).lsn());
    changed.run();
  }

  private void disconnect() {
    log.ready(false);
    changed.run();
    intake.linkLost();
    Link current = link;
    link = null;
    slot = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public void unblock() {
    stopping = true;
    connector.unblock();
  }

  @Override
  public void stop() {
    disconnect();
    status = new LinkStatus(false, "stopped");
  }
}
