package dev.watchhub.hub.fanout;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the subscribers with one filter share: who of them waits for the next match, which commits
 * matched lately, and the events that were cut from the log last, while several may want them. One
 * thread only.
 *
 * <p>Where each subscriber has a feed of its own, every event touches other old objects, and each
 * reference that is stored in one costs the garbage collector a look: so those who wait are marked
 * and counted, not listed, and bytes are kept only where there are others to share them.
 */
final class Feed {
  private static final int BATCH_BYTES = 64 * 1024;
  private static final Batch NOTHING = new Batch.Events(null, 0, null, false);

  /** Commits that one call looks at where the matches are not known; others wait for it. */
  private static final int SCAN_COMMITS = 4096;

  /** What a part of the log holds for a filter. */
  sealed interface Batch {
    /**
     * Some events, or none.
     *
     * @param bytes null when nothing matched so far
     * @param next where to read on
     * @param position the id of the last event that has one; null when none has
     * @param endsWithoutId whether the last of the events has no id, so that who has got it cannot
     *     say so
     */
    record Events(
        @Nullable ByteBuffer bytes, long next, @Nullable Position position, boolean endsWithoutId)
        implements Batch {}

    /** The log does not reach back that far. */
    record Trimmed(ResetReason reason) implements Batch {}
  }

  final Filter filter;

  private final ChangeLog log;
  private final Matches matches;
  private final Set<Subscriber> members = new LinkedHashSet<>();
  private int idle;
  private long batchFrom = -1;
  private long batchLimit = -1;
  private Batch batch = NOTHING;

  /**
   * A feed without members.
   *
   * @param from {@link #matched} will be told of every match from this place on
   */
  Feed(Filter filter, ChangeLog log, long from) {
    this.filter = filter;
    this.log = log;
    this.matches = new Matches(from);
  }

  /** One member more, which is not idle. */
  void join(Subscriber subscriber) {
    members.add(subscriber);
  }

  /** One member less. Returns whether there are others. */
  boolean leave(Subscriber subscriber) {
    members.remove(subscriber);
    idle -= subscriber.idle ? 1 : 0;
    if (members.size() == 1) {
      batchFrom = -1;
      batch = NOTHING; // nobody shares it any more
    }
    return !members.isEmpty();
  }

  /**
   * Lets a member wait for the next match. When all wait, what matched is forgotten.
   *
   * @param next the first commit that it has not looked at
   */
  void rest(Subscriber subscriber, long next) {
    subscriber.idle = true;
    idle++;
    if (idle == members.size()) {
      matches.restart(next);
    }
  }

  /** Ends the wait of one that is idle. */
  void stir(Subscriber subscriber, long cursor) {
    subscriber.idle = false;
    subscriber.cursor = cursor;
    idle--;
  }

  /** Ends the wait of all who are idle, and calls {@code action} with them. */
  void stirAll(long cursor, Consumer<Subscriber> action) {
    for (Iterator<Subscriber> each = members.iterator(); idle > 0 && each.hasNext(); ) {
      Subscriber subscriber = each.next();
      if (subscriber.idle) {
        stir(subscriber, cursor);
        action.accept(subscriber);
      }
    }
  }

  /** Takes note that the commit at {@code sequence} matches, or breaks what is watched. */
  void matched(long sequence) {
    matches.add(sequence);
  }

  /** Forgets the matches before {@code sequence}, since some of them were missed. */
  void forgetBefore(long sequence) {
    matches.restart(sequence);
  }

  /** The events from {@code from} up to {@code limit}, as many as make one write. */
  Batch batch(long from, long limit) {
    if (members.size() == 1) {
      return cut(from, limit);
    }
    if (from != batchFrom || limit != batchLimit) {
      batch = cut(from, limit);
      batchFrom = from;
      batchLimit = limit;
    }
    return batch;
  }

  private Batch cut(long from, long limit) {
    boolean known = matches.isKnownFrom(from);
    long end = known ? limit : Math.min(limit, from + SCAN_COMMITS);
    List<byte[]> events = new ArrayList<>();
    int size = 0;
    boolean endsWithoutId = false;
    Position last = null;
    long next = known ? matches.next(from, end) : from;
    while (next < end && size < BATCH_BYTES) {
      LogRead read = log.read(next);
      if (read instanceof LogRead.Trimmed trimmed) {
        return new Batch.Trimmed(trimmed.reason());
      }
      if (!(read instanceof LogRead.Found found)) {
        throw new IllegalStateException("nothing at " + next + ", below " + limit);
      }
      if (found.entry().breaks(filter)) {
        return new Batch.Trimmed(ResetReason.COMPACTED);
      }
      byte[] event = found.entry().eventFor(filter).orElse(null);
      if (event != null) {
        if (size > 0 && size + event.length > BATCH_BYTES) {
          break;
        }
        events.add(event);
        size += event.length;
        endsWithoutId = !found.entry().resumable();
        last = endsWithoutId ? last : found.entry().position();
      }
      next = known ? matches.next(next + 1, end) : next + 1;
    }
    return new Batch.Events(joined(events, size), next, last, endsWithoutId);
  }

  private static @Nullable ByteBuffer joined(List<byte[]> events, int size) {
    if (events.isEmpty()) {
      return null;
    }
    if (events.size() == 1) {
      return ByteBuffer.wrap(events.get(0)).asReadOnlyBuffer();
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    events.forEach(all::put);
    return all.flip().asReadOnlyBuffer();
  }
}
