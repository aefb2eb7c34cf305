package dev.watchhub.hub.log;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Change.Prev;
import dev.watchhub.protocol.CommitFrame;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One commit in the log, encoded; or the word that a part of the past is lost.
 *
 * @param sequence its place in the log, from 0, rising by one
 * @param position its end; that of several commits when they were filled in from the table
 * @param resumable whether a reader that has got it may resume at {@code position}
 * @param xid the 64-bit transaction id; 0 when the rows did not say
 * @param frame null when this is no commit: rows of {@code keys} are missing before here, so
 *     whoever watches one of them has to begin anew
 * @param keys the key of each change, in order
 * @param revisions likewise
 * @param ops likewise
 * @param byHub likewise: whether the hub's relay announces it
 * @param prevs what each key held before
 * @param appendedNanos {@code nanoTime} of its arrival
 */
public record LogEntry(
    long sequence,
    Position position,
    boolean resumable,
    long xid,
    @Nullable CommitFrame frame,
    List<String> keys,
    List<Long> revisions,
    List<Change.Op> ops,
    List<Boolean> byHub,
    List<Prev> prevs,
    long appendedNanos) {
  private static final int OVERHEAD_BYTES = 128; // objects around a commit
  private static final int CHANGE_OVERHEAD_BYTES = 128; // and around each of its changes

  /** An entry that ends the watches of {@code keys}. */
  static LogEntry broken(long sequence, Position position, List<String> keys, long nanos) {
    return new LogEntry(
        sequence, position, false, 0, null, keys, List.of(), List.of(), List.of(), List.of(),
        nanos);
  }

  /** Whether rows that {@code filter} asks for are missing before this entry. */
  public boolean breaks(Filter filter) {
    return frame == null && keys.stream().anyMatch(filter::matches);
  }

  /** Memory that it takes, roughly. */
  long bytes() {
    long bytes = OVERHEAD_BYTES + (long) CHANGE_OVERHEAD_BYTES * keys.size();
    bytes += frame == null ? 0 : frame.bytes().length;
    for (Prev prev : prevs) {
      String value = prev.value();
      bytes += value == null ? 0 : value.length();
    }
    return bytes;
  }

  /** The event for a subscriber with this filter; empty when it lets no change through. */
  public Optional<byte[]> eventFor(Filter filter) {
    if (frame == null) {
      return Optional.empty();
    }
    int[] wanted = new int[keys.size()];
    int count = 0;
    for (int i = 0; i < keys.size(); i++) {
      if (filter.matches(ops.get(i), keys.get(i))) {
        wanted[count++] = i;
      }
    }
    if (count == 0) {
      return Optional.empty();
    }
    wanted = Arrays.copyOf(wanted, count);
    if (filter.prev()) {
      return Optional.of(frame.only(wanted, Arrays.stream(wanted).mapToObj(prevs::get).toList()));
    }
    return Optional.of(count == keys.size() ? frame.bytes() : frame.only(wanted));
  }
}
