package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.load.Putter;
import dev.watchhub.bench.load.Writers;
import dev.watchhub.bench.servers.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Changes that are written meanwhile, by a schedule that does not give way. One thread. */
final class Changes implements AutoCloseable {
  private static final int WRITERS = 8;

  private final double perSecond;
  private final Writers writers;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  private Changes(double perSecond, Writers writers) {
    this.perSecond = perSecond;
    this.writers = writers;
  }

  /**
   * Connects.
   *
   * @param changed not {@link Changed#NOTHING}
   * @param numbers of changes so far
   */
  static Changes start(
      Database database, Routes routes, Changed changed, double perSecond, AtomicLong numbers) {
    List<Putter> putters = new ArrayList<>();
    try {
      for (int i = 0; i < WRITERS; i++) {
        putters.add(
            ChangePutter.over(database.connect("prepareThreshold=1"), routes, changed, numbers));
      }
      return new Changes(perSecond, new Writers(putters));
    } catch (SQLException e) {
      putters.forEach(Putter::close);
      throw new BenchException("a writer cannot connect: " + e.getMessage(), e);
    }
  }

  /** Writes for {@code window} from now on; {@link #await} says what it came to. */
  Future<LoadResult> begin(Duration window) {
    return thread.submit(() -> writers.scheduled(perSecond, window));
  }

  /** Waits until the last change is written. */
  static LoadResult await(Future<LoadResult> running) {
    try {
      return running.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof BenchException b
          ? b
          : new BenchException("the writers failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while routes were written", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    writers.close();
  }
}
