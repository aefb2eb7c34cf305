package dev.watchhub.bench.subscribers;

import org.HdrHistogram.Histogram;

/**
 * What the subscribers of one thread have seen since it was last cleared. Belongs to that thread.
 */
final class Tally {
  private static final long LONGEST_MICROS = 3_600_000_000L;
  private static final int DIGITS = 3;

  final Histogram delayMicros = newHistogram();
  long events;
  long missing;
  long repeated;
  long bookmarks;
  long synced;
  long resets;
  long ended;
  long bytes;
  long lastEventNanos;
  long lastBookmarkNanos;
  long lastSyncedNanos;

  static Histogram newHistogram() {
    return new Histogram(LONGEST_MICROS, DIGITS);
  }

  /** Counts an event that was sent at {@code sentNanos}. */
  void delivered(long sentNanos, long nowNanos) {
    events++;
    lastEventNanos = nowNanos;
    long micros = (nowNanos - sentNanos) / 1_000;
    delayMicros.recordValue(Math.min(Math.max(micros, 0), LONGEST_MICROS));
  }

  void clear() {
    delayMicros.reset();
    events = 0;
    missing = 0;
    repeated = 0;
    bookmarks = 0;
    synced = 0;
    resets = 0;
    ended = 0;
    bytes = 0;
    lastEventNanos = 0;
    lastBookmarkNanos = 0;
    lastSyncedNanos = 0;
  }
}
