package dev.watchhub.hub.log;

import dev.watchhub.hub.log.Reach.Place;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Change.Prev;
import dev.watchhub.protocol.CommitFrame;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest commits, in commit order, over the image that they lead to.
 *
 * <p>Threading: one thread writes ({@link #restart}, {@link #moveTo}, {@link #append}, {@link
 * #fill}, {@link #overrun}, {@link #advance}, {@link #ready}); any thread reads. A reader keeps its
 * own cursor, a sequence number, and can never block or slow the writer: one that falls out of the
 * log is told so.
 */
public final class ChangeLog {
  /** A place between commits that a reader may resume at. */
  private record Mark(Position position, long reachedNanos) {}

  private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);
  private static final LogRead CAUGHT_UP = new LogRead.CaughtUp();
  private static final int FIRST_CAPACITY = 1024; // a power of two, as all that follow

  // Fixed at construction.
  private final LogBounds bounds;
  private final LongSupplier nanoTime;

  // Writing thread only.
  private long bytes;
  private final Deque<Mark> marks = new ArrayDeque<>();

  // Written by the writing thread, read anywhere; an entry is in the ring before the state names
  // it, and a larger ring holds all that the smaller one held.
  private volatile AtomicReferenceArray<@Nullable LogEntry> ring =
      new AtomicReferenceArray<>(FIRST_CAPACITY);
  private volatile LogState state = LogState.UNLOADED;

  /**
   * An empty log.
   *
   * @param nanoTime {@code System::nanoTime}, or a test's
   */
  public ChangeLog(LogBounds bounds, LongSupplier nanoTime) {
    this.bounds = bounds;
    this.nanoTime = nanoTime;
  }

  /** How much it keeps. Any thread. */
  public LogBounds bounds() {
    return bounds;
  }

  /** How things stand. Any thread. */
  public LogState state() {
    return state;
  }

  /**
   * Begins anew: every cursor is void, and readers are told why.
   *
   * @param image may already hold rows of commits that will be appended
   * @param from commits that end after this will be appended
   * @param ancestors the timelines before that of {@code from}
   */
  public void restart(Image image, Position from, List<Ancestor> ancestors, ResetReason reason) {
    // First: nobody who sees it reads the old ring.
    state = state.restarted(image, from, ancestors, reason);
    ring = new AtomicReferenceArray<>(FIRST_CAPACITY);
    bytes = 0;
    marks.clear();
  }

  /**
   * A position that the log has noted, as old as may be and no farther back than {@code walBytes};
   * the newest when there is no other.
   */
  public Position within(long walBytes) {
    Position newest = state.position();
    if (newest.lsn().bytesSince(state.oldestPosition().lsn()) <= walBytes) {
      return state.oldestPosition();
    }
    for (Mark mark : marks) {
      if (newest.lsn().bytesSince(mark.position().lsn()) <= walBytes) {
        return newest.at(mark.position().lsn());
      }
    }
    return newest;
  }

  /** Says whether the image is that of the table at the log's position. */
  public void ready(boolean now) {
    if (state.ready() != now) {
      state = state.withReady(now);
    }
  }

  /**
   * Notes that there is no commit between the log's position and {@code position}.
   *
   * @param heartbeat number of the hub's own heartbeat that came back there, 0 for another's
   */
  public void advance(Position position, long heartbeat) {
    marks.add(new Mark(position, nanoTime.getAsLong()));
    LogState before = state;
    state =
        before
            .withReach(before.reach().reached(position))
            .withHeartbeat(Math.max(heartbeat, before.heartbeat()));
    trim();
  }

  /**
   * Goes on on the timeline that follows, where no commit of this log is missing.
   *
   * @param end where the old timeline was left; what the log reached beyond it holds no commit
   */
  public void moveTo(Position end, List<Ancestor> ancestors) {
    while (!marks.isEmpty() && marks.getLast().position().lsn().compareTo(end.lsn()) > 0) {
      marks.removeLast();
    }
    state = state.withReach(state.reach().movedTo(end, ancestors));
  }

  /** Adds one commit, which ends after everything that was added before. */
  public void append(Transaction transaction) {
    LogState before = state;
    Encoded one = encode(before.image(), before.next(), transaction, true);
    if (one.entry().bytes() > bounds.maxBytes()) {
      restartBehind(transaction.position(), one.image());
      return;
    }
    add(List.of(one.entry()), before.reach().reached(transaction.position()), one.image());
  }

  /**
   * Adds what was read from the table because the stream has lost it. Readers see all of it at
   * once, or nothing.
   *
   * @param missed in an order in which they may have been committed; a reader can resume only
   *     behind all of them
   * @param broken keys of which rows are missing that the table does not have any more, with the
   *     live row that it has
   * @param to the log has every commit up to here
   */
  public void fill(List<Transaction> missed, Map<String, Optional<Item>> broken, Position to) {
    LogState before = state;
    Image image = before.image();
    List<LogEntry> entries = new ArrayList<>();
    if (!broken.isEmpty()) { // first: what follows is of no use to whom it concerns
      List<String> keys = List.copyOf(broken.keySet());
      entries.add(LogEntry.broken(before.next(), to, keys, nanoTime.getAsLong()));
    }
    for (Transaction transaction : missed) {
      boolean last = entries.size() + 1 == missed.size() + (broken.isEmpty() ? 0 : 1);
      Encoded next = encode(image, before.next() + entries.size(), transaction, last);
      entries.add(next.entry());
      image = next.image();
    }
    for (Map.Entry<String, Optional<Item>> key : broken.entrySet()) {
      image = image.replaced(key.getKey(), key.getValue());
    }
    if (entries.stream().mapToLong(LogEntry::bytes).sum() > bounds.maxBytes()) {
      restartBehind(to, image);
      return;
    }
    add(entries, before.reach().filled(to), image);
  }

  /** An entry to be added, and the image that it leads to. */
  private record Encoded(LogEntry entry, Image image) {}

  private Encoded encode(Image before, long sequence, Transaction transaction, boolean resumable) {
    Image image = before;
    List<Change> changes = new ArrayList<>(transaction.rows().size());
    List<LoggedChange> logged = new ArrayList<>(transaction.rows().size());
    for (Row row : transaction.rows()) {
      Item item = row.item();
      Item held = image.get(item.key());
      Change change = Change.of(item);
      changes.add(change);
      logged.add(
          new LoggedChange(item.key(), change.op(), item.revision(), row.byHub(), prev(held, row)));
      image = image.with(held, item);
    }
    Position position = transaction.position();
    LogEntry entry =
        new LogEntry(
            sequence,
            position,
            resumable,
            transaction.xid(),
            CommitFrame.encode(resumable ? position : null, transaction.committedAt(), changes),
            logged,
            nanoTime.getAsLong());
    return new Encoded(entry, image);
  }

  private void add(List<LogEntry> entries, Reach reach, Image image) {
    LogState before = state;
    for (LogEntry entry : entries) {
      bytes += entry.bytes();
      put(entry, before.oldest());
    }
    state = before.appended(image, before.next() + entries.size(), reach);
    trim();
  }

  /**
   * Applies a commit that is too large to be kept; readers start anew from the image.
   *
   * @param latest the last row of each key that it wrote
   */
  public void overrun(Position position, Collection<Item> latest) {
    Image image = state.image();
    for (Item item : latest) {
      image = image.with(image.get(item.key()), item);
    }
    restartBehind(position, image);
  }

  private void restartBehind(Position tooLarge, Image image) {
    LOG.info("the commit at {} is larger than the log: every watch is reset", tooLarge.lsn());
    restart(image.withoutTombstones(), tooLarge, state.reach().ancestors(), ResetReason.EXPIRED);
  }

  private static Prev prev(@Nullable Item held, Row row) {
    boolean unsaid = row.prevRevision() == Row.UNKNOWN;
    boolean before = held != null && held.revision() < row.item().revision();
    if (held != null && (unsaid ? before : held.revision() == row.prevRevision())) {
      return new Prev(held.value(), held.revision(), true);
    }
    boolean first = row.prevRevision() == 0 || row.item().version() == 1; // or after a tombstone
    return new Prev(null, Math.max(row.prevRevision(), 0), first && !unsaid);
  }

  private void put(LogEntry entry, long oldest) {
    AtomicReferenceArray<@Nullable LogEntry> current = ring;
    if (entry.sequence() - oldest == current.length()) {
      AtomicReferenceArray<@Nullable LogEntry> larger =
          new AtomicReferenceArray<>(current.length() * 2);
      for (long i = oldest; i < entry.sequence(); i++) {
        larger.set(slot(i, larger), current.get(slot(i, current)));
      }
      ring = larger;
      current = larger;
    }
    current.set(slot(entry.sequence(), current), entry);
  }

  /** Drops what the bounds do not allow any more. */
  private void trim() {
    LogState before = state;
    Image image = before.image();
    Position oldestPosition = before.oldestPosition();
    long oldest = before.oldest();
    while (oldest < before.next()) {
      LogEntry entry = entry(oldest);
      if (bytes <= bounds.maxBytes() && !expired(entry.position(), entry.appendedNanos())) {
        break;
      }
      for (LoggedChange change : entry.changes()) {
        if (change.op() == Op.DELETE) {
          image = image.withoutTombstone(change.key(), change.revision());
        }
      }
      bytes -= entry.bytes();
      oldest++;
      oldestPosition = oldestPosition.at(entry.position().lsn());
    }
    for (Mark mark = marks.peek(); mark != null; mark = marks.peek()) {
      boolean passed = mark.position().lsn().compareTo(oldestPosition.lsn()) <= 0;
      boolean idle =
          oldest == before.next()
              || mark.position().lsn().compareTo(entry(oldest).position().lsn()) < 0;
      if (!passed
          && !(idle && tooFarBack(oldestPosition))
          && !expired(mark.position(), mark.reachedNanos())) {
        break;
      }
      oldestPosition = passed ? oldestPosition : oldestPosition.at(mark.position().lsn());
      marks.remove();
    }
    if (oldest > before.oldest() || !oldestPosition.equals(before.oldestPosition())) {
      state = before.trimmed(image, oldest, before.reach().trimmed(oldestPosition));
      for (long i = before.oldest(); i < oldest; i++) {
        ring.set(slot(i, ring), null);
      }
    }
  }

  private boolean expired(Position position, long sinceNanos) {
    return nanoTime.getAsLong() - sinceNanos > bounds.maxAge().toNanos() || tooFarBack(position);
  }

  private boolean tooFarBack(Position position) {
    return state.position().lsn().bytesSince(position.lsn()) > bounds.maxWalBytes();
  }

  private LogEntry entry(long sequence) {
    LogEntry entry = ring.get(slot(sequence, ring));
    if (entry == null || entry.sequence() != sequence) {
      throw new IllegalStateException("the log has lost its entry " + sequence);
    }
    return entry;
  }

  /** Reads the commit at {@code cursor}, which the log once gave out. Never blocks. Any thread. */
  public LogRead read(long cursor) {
    LogState now = state;
    if (cursor < now.voidBefore()) {
      return new LogRead.Trimmed(now.voidReason());
    }
    if (cursor >= now.next()) {
      return CAUGHT_UP;
    }
    AtomicReferenceArray<@Nullable LogEntry> current = ring;
    LogEntry entry = current.get(slot(cursor, current));
    return entry != null && entry.sequence() == cursor ? new LogRead.Found(entry) : trimmed(cursor);
  }

  private LogRead trimmed(long cursor) {
    LogState now = state; // anew: the log may have been restarted since
    return new LogRead.Trimmed(cursor < now.voidBefore() ? now.voidReason() : ResetReason.LAGGED);
  }

  /**
   * Finds where a reader goes on that has everything up to {@code since}. Any thread.
   *
   * @param now a state of this log; what came after it is not looked at
   */
  public LogSearch find(LogState now, Position since) {
    Place place = now.reach().place(since);
    if (place instanceof Place.Unknown unknown) {
      return new LogSearch.Lost(unknown.reason());
    }
    if (!(place instanceof Place.Known known)) {
      return new LogSearch.Beyond();
    }
    long low = now.oldest();
    long high = now.next();
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (!(read(middle) instanceof LogRead.Found found)) {
        return new LogSearch.Lost(ResetReason.EXPIRED); // trimmed meanwhile
      }
      if (found.entry().position().lsn().compareTo(known.lsn()) > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return new LogSearch.Resume(low);
  }

  private static int slot(long sequence, AtomicReferenceArray<?> ring) {
    return (int) (sequence & (ring.length() - 1));
  }
}
