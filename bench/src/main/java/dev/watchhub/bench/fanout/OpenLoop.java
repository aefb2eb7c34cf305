package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.BenchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes at a rate that does not give way: an event that is late because the one before it took
 * long still counts from when it was due.
 */
final class OpenLoop implements AutoCloseable {
  /** Each publisher waits for nothing but the server. */
  static final double AS_FAST_AS_IT_GOES = Double.POSITIVE_INFINITY;

  private static final Duration GRACE = Duration.ofSeconds(1);

  private final List<Publisher> publishers;
  private final Numbering numbering;
  private final ExecutorService threads;

  /**
   * @param publishers closed with this
   */
  OpenLoop(List<Publisher> publishers, Numbering numbering) {
    this.publishers = List.copyOf(publishers);
    this.numbering = numbering;
    this.threads = Executors.newFixedThreadPool(publishers.size());
  }

  /**
   * Publishes for {@code window} and returns how many events that came to: fewer than were due when
   * the publishers are a second behind at the end.
   *
   * @param perSecond events, of all publishers together
   * @throws BenchException when an event could not be published
   */
  long run(double perSecond, Duration window) {
    long start = System.nanoTime();
    List<Future<Long>> counts = new ArrayList<>();
    for (int i = 0; i < publishers.size(); i++) {
      int number = i;
      counts.add(threads.submit(() -> publish(number, perSecond, start, window)));
    }
    long published = 0;
    for (Future<Long> count : counts) {
      published += value(count);
    }
    return published;
  }

  private long publish(int number, double perSecond, long start, Duration window) {
    boolean paced = Double.isFinite(perSecond);
    long deadline = start + window.toNanos() + (paced ? GRACE.toNanos() : 0);
    long published = 0;
    for (long n = number; ; n += publishers.size()) {
      long due = paced ? start + (long) (n * 1e9 / perSecond) : System.nanoTime();
      if (due - start >= window.toNanos() || System.nanoTime() - deadline > 0) {
        return published;
      }
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      numbering.publish(publishers.get(number), number, due);
      published++;
    }
  }

  private static long value(Future<Long> count) {
    try {
      return count.get();
    } catch (ExecutionException e) {
      throw new BenchException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while publishing", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    publishers.forEach(Publisher::close);
  }
}
