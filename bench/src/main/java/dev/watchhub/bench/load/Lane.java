package dev.watchhub.bench.load;

import dev.watchhub.bench.subscribers.Mark;
import java.util.SplittableRandom;

/**
 * One writer: draws keys, numbers its puts. The draws depend on its number only, so every store
 * gets the same.
 *
 * <p>Threading: one thread at a time; {@link #count} by whoever waited for that thread.
 */
final class Lane {
  private static final long SEED = 9080;

  private final int number;
  private final Putter putter;
  private final SplittableRandom random;
  private long count;

  Lane(int number, Putter putter) {
    this.number = number;
    this.putter = putter;
    this.random = new SplittableRandom(SEED + number);
  }

  /**
   * Puts once.
   *
   * @param sentNanos {@link System#nanoTime} that the event shall count from
   */
  void put(long sentNanos) throws Exception {
    String key = Keyspace.key(random.nextInt(Keyspace.size()));
    putter.put(key, Mark.value(number, count, sentNanos, Keyspace.VALUE_LENGTH));
    count++;
  }

  /** How many puts were acknowledged. */
  long count() {
    return count;
  }
}
