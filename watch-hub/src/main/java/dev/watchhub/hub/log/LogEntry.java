package dev.watchhub.hub.log;

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
 * @param frame null when this is no commit: rows of the keys in {@code changes} are missing before
 *     here, so whoever watches one of them has to begin anew
 * @param changes in order
 * @param appendedNanos {@code nanoTime} of its arrival
 */
public record LogEntry(
    long sequence,
    Position position,
    boolean resumable,
    long xid,
    @Nullable CommitFrame frame,
    List<LoggedChange> changes,
    long appendedNanos) {
  private static final int OVERHEAD_BYTES = 128; // objects around a commit
  private static final int CHANGE_OVERHEAD_BYTES = 128; // and around each of its changes

  public LogEntry {
    changes = List.copyOf(changes);
  }

  /** An entry that ends the watches of {@code keys}. */
  static LogEntry broken(long sequence, Position position, List<String> keys, long nanos) {
    List<LoggedChange> missing = keys.stream().map(LoggedChange::missing).toList();
    return new LogEntry(sequence, position, false, 0, null, missing, nanos);
  }

  /** Whether rows that {@code filter} asks for are missing before this entry. */
  public boolean breaks(Filter filter) {
    return frame == null && changes.stream().anyMatch(change -> filter.matches(change.key()));
  }

  /** Whether the hub's relay announces some of it. */
  public boolean isByHub() {
    for (LoggedChange change : changes) {
      if (change.byHub()) {
        return true;
      }
    }
    return false;
  }

  /** Memory that it takes, roughly. */
  long bytes() {
    long bytes = OVERHEAD_BYTES + (long) CHANGE_OVERHEAD_BYTES * changes.size();
    bytes += frame == null ? 0 : frame.bytes().length;
    for (LoggedChange change : changes) {
      String value = change.prev().value();
      bytes += value == null ? 0 : value.length();
    }
    return bytes;
  }

  /** The event for a subscriber with this filter; empty when it lets no change through. */
  public Optional<byte[]> eventFor(Filter filter) {
    if (frame == null) {
      return Optional.empty();
    }
    int[] wanted = new int[changes.size()];
    int count = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (filter.matches(changes.get(i).op(), changes.get(i).key())) {
        wanted[count++] = i;
      }
    }
    if (count == 0) {
      return Optional.empty();
    }
    if (!filter.prev() && count == wanted.length) {
      return Optional.of(frame.bytes());
    }
    wanted = Arrays.copyOf(wanted, count);
    return Optional.of(
        filter.prev()
            ? frame.only(
                wanted, Arrays.stream(wanted).mapToObj(i -> changes.get(i).prev()).toList())
            : frame.only(wanted));
  }
}
