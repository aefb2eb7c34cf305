package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.log.Transaction;
import dev.watchhub.hub.pgoutput.PgOutputException;
import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private static final long BELIEVED = -1;
  private static final int MOST_DOUBTFUL = 100_000;

  // Fixed at construction.
  private final ChangeLog log;
  private final Source source;
  private final Counters counters = new Counters();
  private final Progress progress = new Progress();
  private final WalAllowance allowance;
  private final AtomicLong heartbeatsSent;
  private final Alignment alignment;
  private final Connector connector;
  private final Runnable changed;
  private final LongSupplier nanoTime;

  // Polling thread only.
  private Backoff backoff = Backoff.between(Duration.ofMillis(100), Duration.ofSeconds(5));
  private long nextTryNanos;
  private @Nullable Link link;
  private String said = "";
  private final Deque<Assembled> doubtful = new ArrayDeque<>(); // read, and not yet believed
  private long believedAfter = BELIEVED; // own heartbeats with a higher number end the doubt

  // Written by the hub's own threads, read anywhere.
  private volatile LinkStatus status = new LinkStatus(false, "not connected yet");
  private volatile @Nullable SlotReport slot;
  private volatile @Nullable Duration delay;

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
    this.heartbeatsSent = heartbeatsSent;
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
    return delay;
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
        current.read().ifPresent(assembled -> apply(current, assembled));
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

  private void apply(Link from, Assembled assembled) {
    if (assembled instanceof Assembled.Heartbeat heartbeat) {
      beat(from, heartbeat);
    } else if (assembled instanceof Assembled.Redescribed) {
      doubt(from);
    } else if (believedAfter != BELIEVED) {
      doubtful.add(assembled);
      if (doubtful.size() > MOST_DOUBTFUL) {
        throw new UnreadableSlotException(
            "too much was written before the publication could be looked at");
      }
    } else {
      commit(from, assembled);
    }
    from.confirm(log.state().oldestPosition().lsn());
    changed.run();
  }

  /**
   * Holds back what comes until a heartbeat has shown that the publication is still the same: else
   * what it left out of a transaction would be told apart from the rest.
   */
  private void doubt(Link from) {
    if (progress.isInStep()) {
      believedAfter = heartbeatsSent.get();
      from.beat();
    }
  }

  private void commit(Link from, Assembled assembled) {
    if (assembled instanceof Assembled.Inserted inserted) {
      if (isNews(inserted.end())) {
        checkChain(inserted.rows());
        log.append(
            new Transaction(
                from.server().at(inserted.end()),
                inserted.committedAt(),
                inserted.xid(),
                inserted.rows()));
        inserted.rows().forEach(row -> progress.noteRevision(row.item()));
        committed(inserted.end(), inserted.xid());
      }
    } else if (assembled instanceof Assembled.Overrun overrun && isNews(overrun.end())) {
      log.overrun(from.server().at(overrun.end()), overrun.latest());
      overrun.latest().forEach(progress::noteRevision);
      committed(overrun.end(), overrun.xid());
    }
  }

  /** Whether it was not read before the connection was lost. */
  private boolean isNews(Lsn end) {
    return end.compareTo(log.state().position().lsn()) > 0;
  }

  private void committed(Lsn end, long xid) {
    progress.committed(end, xid);
    counters.read();
  }

  /**
   * Looks whether each row follows the one that is held.
   *
   * @throws UnreadableSlotException if a row is missing in between
   */
  private void checkChain(List<Row> rows) {
    Image image = log.state().image();
    Map<String, Item> latest = new HashMap<>();
    long unsaid = 0;
    for (Row row : rows) {
      Item item = row.item();
      Item held = latest.getOrDefault(item.key(), image.get(item.key()));
      // Until the stream has passed the load, the image may be ahead of it.
      boolean comparable =
          progress.isInStep() || (held != null && held.revision() < item.revision());
      if (comparable && !Chain.continues(held, row)) {
        counters.chainBroken();
        throw new UnreadableSlotException(
            "row %d of '%s' does not follow the one that was read before it, %s: something is missing"
                .formatted(item.revision(), item.key(), held == null ? "none" : held.revision()));
      }
      unsaid += row.prevRevision() == Row.UNKNOWN ? 1 : 0;
      latest.put(item.key(), item);
    }
    counters.insertedDirectly(unsaid);
  }

  private void beat(Link from, Assembled.Heartbeat heartbeat) {
    Beat beat = Beat.parse(heartbeat.content()).orElse(null);
    if (beat == null || !beat.slot().equals(source.slot())) {
      return; // another hub's, which may read another publication
    }
    if (!beat.publicationMark().equals(from.publicationMark())) {
      throw new UnreadableSlotException(
          "the publication '%s' was changed: rows may be missing".formatted(source.publication()));
    }
    boolean own = beat.origin().equals(connector.origin());
    if (believedAfter != BELIEVED) {
      if (!own || beat.number() <= believedAfter) {
        return; // it says nothing of what is held back, which comes before it
      }
      believedAfter = BELIEVED;
      doubtful.forEach(assembled -> commit(from, assembled));
      doubtful.clear();
    }
    if (heartbeat.at().compareTo(log.state().position().lsn()) > 0) {
      log.advance(from.server().at(heartbeat.at()), own ? beat.number() : 0);
      progress.heartbeat(heartbeat.at(), beat.snapshot());
    }
    SlotReport fresh = freshReport.getAndSet(null);
    if (fresh != null) {
      allowance.note(fresh);
    }
    log.limitWal(allowance.bytes());
    if (own && beat.number() > from.heartbeatsBefore()) {
      delay = Duration.ofNanos(nanoTime.getAsLong() - beat.sentNanos());
      if (!log.state().ready()) {
        log.ready(true);
        progress.caughtUp();
        backoff = backoff.reset();
        said = "";
        LOG.info("ready at {} with {} keys", heartbeat.at(), log.state().image().liveCount());
      }
    }
  }

  private void disconnect() {
    log.ready(false);
    changed.run();
    doubtful.clear();
    believedAfter = BELIEVED;
    Link current = link;
    link = null;
    slot = null;
    delay = null;
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
