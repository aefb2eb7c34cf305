package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.log.Transaction;
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
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies to the log what a link brings, once it can be believed.
 *
 * <p>Threading: the log's writing thread only; {@link #delay} may be read by any.
 */
final class Intake {
  private static final long BELIEVED = -1;

  // Fixed at construction.
  private final ChangeLog log;
  private final Source source;
  private final Progress progress;
  private final Counters counters;
  private final AtomicLong heartbeatsSent;
  private final String origin;
  private final LongSupplier nanoTime;

  // Writing thread only.
  private final Deque<Assembled> doubtful = new ArrayDeque<>(); // read, and not yet believed
  private long doubtfulBytes;
  private boolean doubtIsLasting; // until the publication was looked at
  private long believedAfter = BELIEVED; // own heartbeats with a higher number end the doubt

  // Written by the writing thread, read anywhere.
  private volatile @Nullable Duration delay;

  /**
   * An intake that has seen nothing.
   *
   * @param heartbeatsSent number of the newest heartbeat sent
   * @param origin whose heartbeats are this hub's
   */
  Intake(
      Source source,
      ChangeLog log,
      Progress progress,
      Counters counters,
      AtomicLong heartbeatsSent,
      String origin,
      LongSupplier nanoTime) {
    this.source = source;
    this.log = log;
    this.progress = progress;
    this.counters = counters;
    this.heartbeatsSent = heartbeatsSent;
    this.origin = origin;
    this.nanoTime = nanoTime;
  }

  /** How long the newest heartbeat took to come back; null while none is expected. Any thread. */
  @Nullable Duration delay() {
    return delay;
  }

  /** The link is gone: what was not believed yet will come again. */
  void linkLost() {
    forgetDoubt();
    delay = null;
  }

  /**
   * Takes what {@code from} has brought.
   *
   * @throws UnreadableSlotException if something is missing
   * @throws SQLException if more has come than can be held back; a new link looks at the
   *     publication before it begins
   */
  void accept(Link from, Assembled assembled) throws SQLException {
    if (assembled instanceof Assembled.Heartbeat heartbeat) {
      beat(from, heartbeat);
    } else if (assembled instanceof Assembled.Described described) {
      doubt(from, described.again());
    } else if (believedAfter != BELIEVED) {
      holdBack(from, assembled);
    } else {
      commit(from, assembled);
    }
  }

  /**
   * Holds back what comes until a heartbeat has shown that the publication is still the same: else
   * what it left out of a transaction would be told apart from the rest.
   */
  private void doubt(Link from, boolean again) {
    if (progress.isInStep()) {
      believedAfter = heartbeatsSent.get();
      doubtIsLasting |= again;
      from.beat();
    }
  }

  private void holdBack(Link from, Assembled assembled) throws SQLException {
    doubtful.add(assembled);
    doubtfulBytes +=
        assembled instanceof Assembled.Inserted inserted
            ? inserted.bytes()
            : log.bounds().maxBytes();
    if (doubtfulBytes < log.bounds().maxBytes()) {
      return;
    }
    if (doubtIsLasting) {
      throw new SQLException("the publication is looked at anew, and the stream read again");
    }
    believe(from); // it was looked at when the link began, and this is a backlog
  }

  private void believe(Link from) {
    doubtful.forEach(assembled -> commit(from, assembled));
    forgetDoubt();
  }

  private void forgetDoubt() {
    doubtful.clear();
    doubtfulBytes = 0;
    doubtIsLasting = false;
    believedAfter = BELIEVED;
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
    boolean own = beat.origin().equals(origin);
    if (believedAfter != BELIEVED) {
      if (!own || beat.number() <= believedAfter) {
        return; // it says nothing of what is held back, which comes before it
      }
      believe(from);
    }
    if (heartbeat.at().compareTo(log.state().position().lsn()) > 0) {
      log.advance(from.server().at(heartbeat.at()), own ? beat.number() : 0);
      progress.heartbeat(heartbeat.at(), beat.snapshot());
    }
    if (own && beat.number() > from.heartbeatsBefore()) {
      delay = Duration.ofNanos(nanoTime.getAsLong() - beat.sentNanos());
      if (!log.state().ready()) {
        log.ready(true);
        progress.caughtUp();
      }
    }
  }
}
