package dev.watchhub.hub.fanout;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the subscribers with one filter share: who of them waits for the next match, and the events
 * that were cut from the log last. One thread only.
 */
final class Feed {
  private static final int BATCH_BYTES = 64 * 1024;

  /** What a part of the log holds for a filter. */
  sealed interface Batch {
    /**
     * Some events, or none.
     *
     * @param bytes null when nothing matched
     * @param next where to read on
     * @param position of the last commit that was looked at and may be resumed at; null when there
     *     was none
     */
    record Events(@Nullable ByteBuffer bytes, long next, @Nullable Position position)
        implements Batch {}

    /** The log does not reach back that far. */
    record Trimmed(ResetReason reason) implements Batch {}
  }

  final Filter filter;
  final Set<Subscriber> idle = new LinkedHashSet<>();
  int members;

  private final ChangeLog log;
  private long batchFrom = -1;
  private long batchLimit = -1;
  private Batch batch = new Batch.Events(null, 0, null);

  Feed(Filter filter, ChangeLog log) {
    this.filter = filter;
    this.log = log;
  }

  /** The events from {@code from} up to {@code limit}, as many as make one write. */
  Batch batch(long from, long limit) {
    if (from != batchFrom || limit != batchLimit) {
      batch = cut(from, limit);
      batchFrom = from;
      batchLimit = limit;
    }
    return batch;
  }

  private Batch cut(long from, long limit) {
    List<byte[]> events = new ArrayList<>();
    int size = 0;
    long next = from;
    Position position = null;
    while (next < limit && size < BATCH_BYTES) {
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
      }
      if (found.entry().resumable()) {
        position = found.entry().position();
      }
      next++;
    }
    return new Batch.Events(joined(events, size), next, position);
  }

  private static @Nullable ByteBuffer joined(List<byte[]> events, int size) {
    if (events.isEmpty()) {
      return null;
    }
    if (events.size() == 1) {
      return ByteBuffer.wrap(events.get(0)).asReadOnlyBuffer();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(size);
    events.forEach(all::writeBytes);
    return ByteBuffer.wrap(all.toByteArray()).asReadOnlyBuffer();
  }
}
