package dev.watchhub.bench.subscribers;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What all prompt subscribers have seen since they were last told to forget. Times are of {@link
 * System#nanoTime}, which the processes of a machine share, 0 for never.
 *
 * @param events marks
 * @param missing numbers that were left out
 * @param repeated marks with a number that had come before, or before a later one
 * @param bookmarks of the hub, as are the next two
 * @param synced ends of snapshots
 * @param resets said by the hub
 * @param ended streams that the server has ended
 * @param bytes read, with those of HTTP
 * @param delays microseconds from sending to arrival: a histogram, compressed, in Base64
 */
public record Seen(
    long events,
    long missing,
    long repeated,
    long bookmarks,
    long synced,
    long resets,
    long ended,
    long bytes,
    long lastEventNanos,
    long lastBookmarkNanos,
    long lastSyncedNanos,
    String delays) {

  /** What one thread has seen. */
  static Seen of(Tally tally) {
    return new Seen(
        tally.events,
        tally.missing,
        tally.repeated,
        tally.bookmarks,
        tally.synced,
        tally.resets,
        tally.ended,
        tally.bytes,
        tally.lastEventNanos,
        tally.lastBookmarkNanos,
        tally.lastSyncedNanos,
        encode(tally.delayMicros));
  }

  Seen plus(Seen other) {
    Histogram all = delayMicros();
    all.add(other.delayMicros());
    return new Seen(
        events + other.events,
        missing + other.missing,
        repeated + other.repeated,
        bookmarks + other.bookmarks,
        synced + other.synced,
        resets + other.resets,
        ended + other.ended,
        bytes + other.bytes,
        Math.max(lastEventNanos, other.lastEventNanos),
        Math.max(lastBookmarkNanos, other.lastBookmarkNanos),
        Math.max(lastSyncedNanos, other.lastSyncedNanos),
        encode(all));
  }

  /** The delays in microseconds; a new histogram each time. */
  public Histogram delayMicros() {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(delays)), 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("not a histogram: " + delays, e);
    }
  }

  private static String encode(Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }
}
