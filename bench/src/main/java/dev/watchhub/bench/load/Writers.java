package dev.watchhub.bench.load;

import dev.watchhub.bench.harness.BenchException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * All writers of one arm, a thread and a connection each, over several windows. Used by one thread.
 */
public final class Writers implements AutoCloseable {
  private final List<Putter> putters;
  private final List<Lane> lanes = new ArrayList<>();
  private final ExecutorService threads;

  /**
   * @param putters closed with this
   */
  public Writers(List<Putter> putters) {
    this.putters = List.copyOf(putters);
    for (Putter putter : putters) {
      lanes.add(new Lane(lanes.size(), putter));
    }
    this.threads = Executors.newFixedThreadPool(putters.size());
  }

  /** How many puts were acknowledged since the beginning. */
  public long count() {
    return lanes.stream().mapToLong(Lane::count).sum();
  }

  /** Each writer puts as fast as it can, one after the other, once at least. */
  public LoadResult flatOut(Duration window) {
    return run(
        (lane, start, result) -> {
          long now = System.nanoTime();
          do {
            lane.put(now);
            long end = System.nanoTime();
            Histograms.record(result.commitNanos(), end - now);
            now = end;
          } while (now - start < window.toNanos());
        });
  }

  /**
   * Puts by a schedule that does not give way: whichever writer is free takes the next put, and one
   * that is begun late, because all were waiting, counts from when it was due.
   *
   * @param perSecond puts of all writers together
   */
  public LoadResult scheduled(double perSecond, Duration window) {
    AtomicLong next = new AtomicLong();
    long total = Math.round(perSecond * window.toNanos() / 1e9);
    return run(
        (lane, start, result) -> {
          for (long n = next.getAndIncrement(); n < total; n = next.getAndIncrement()) {
            long due = start + (long) (n * 1e9 / perSecond);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
              LockSupport.parkNanos(left);
            }
            long begun = System.nanoTime();
            Histograms.record(result.lagNanos(), begun - due);
            lane.put(due);
            Histograms.record(result.commitNanos(), System.nanoTime() - begun);
          }
        });
  }

  /** What one writer does in a window that began at {@code start}. */
  @FunctionalInterface
  private interface Task {
    void run(Lane lane, long start, LoadResult result) throws Exception;
  }

  private LoadResult run(Task task) {
    long before = count();
    long start = System.nanoTime();
    List<Future<LoadResult>> running = new ArrayList<>();
    for (Lane lane : lanes) {
      running.add(
          threads.submit(
              () -> {
                LoadResult own = new LoadResult(0, 0, Histograms.nanos(), Histograms.nanos());
                task.run(lane, start, own);
                return own;
              }));
    }
    Histogram commits = Histograms.nanos();
    Histogram lags = Histograms.nanos();
    for (Future<LoadResult> one : running) {
      LoadResult result = await(one);
      commits.add(result.commitNanos());
      lags.add(result.lagNanos());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new LoadResult(count() - before, seconds, commits, lags);
  }

  private static LoadResult await(Future<LoadResult> running) {
    try {
      return running.get();
    } catch (ExecutionException e) {
      throw new BenchException("a put failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while writing", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    putters.forEach(Putter::close);
  }
}
