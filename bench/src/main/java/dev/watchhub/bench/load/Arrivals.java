package dev.watchhub.bench.load;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.subscribers.Mark;
import dev.watchhub.bench.subscribers.MarkListener;
import dev.watchhub.lifecycle.Faults;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one watcher has seen: how much, whether something came twice, and how long after it was
 * sent.
 *
 * <p>Threading: any; the watcher tells, who measures asks.
 */
public final class Arrivals implements MarkListener, Faults {
  private static final Duration USUAL_LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofNanos(200_000);

  private final Duration limit;

  // Guarded by this.
  private final BitSet[] numbers = new BitSet[Mark.LANES];
  private final Histogram delayNanos = Histograms.nanos();
  private long seen;
  private long repeated;
  private @Nullable Throwable fault;

  public Arrivals() {
    this(USUAL_LIMIT);
  }

  /**
   * @param limit how long {@link #awaitAll} waits
   */
  Arrivals(Duration limit) {
    this.limit = limit;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = new BitSet();
    }
  }

  @Override
  public void mark(int lane, long number, long sentNanos) {
    long delay = System.nanoTime() - sentNanos;
    synchronized (this) {
      if (numbers[lane].get((int) number)) {
        repeated++;
        return;
      }
      numbers[lane].set((int) number);
      seen++;
      Histograms.record(delayNanos, delay);
    }
  }

  /** The watcher cannot go on. */
  @Override
  public synchronized void fatal(String component, Throwable cause) {
    fault = cause;
  }

  /** How many different events have come. */
  public synchronized long seen() {
    return seen;
  }

  /** Measures delays anew. */
  public synchronized void forgetDelays() {
    delayNanos.reset();
  }

  /** The delays since {@link #forgetDelays}, from when an event was sent. */
  public synchronized Histogram delays() {
    return delayNanos.copy();
  }

  private synchronized void checkFault() {
    if (fault != null) {
      throw new BenchException("the watcher failed: " + fault.getMessage(), fault);
    }
  }

  /**
   * Waits until everything has come.
   *
   * @param expected number of all events since this watcher began
   * @throws BenchException when some do not come in time, one came twice, or the watcher failed
   */
  public void awaitAll(long expected) {
    long start = System.nanoTime();
    while (seen() < expected) {
      checkFault();
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new BenchException(
            "the watcher has seen %,d of %,d events %d s after the last was written"
                .formatted(seen(), expected, limit.toSeconds()));
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    synchronized (this) {
      if (repeated > 0 || seen > expected) {
        throw new BenchException(
            "the watcher has seen %,d events of %,d, and %,d of them twice"
                .formatted(seen, expected, repeated));
      }
    }
  }
}
