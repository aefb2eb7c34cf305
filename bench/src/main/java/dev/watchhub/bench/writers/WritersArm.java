package dev.watchhub.bench.writers;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.load.Histograms;
import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.stores.OpenStore;
import dev.watchhub.bench.stores.Store;
import java.time.Duration;
import java.util.Optional;

/** Measures how fast a store is written while its watchers watch. */
record WritersArm(Store store) implements Arm<WritersCase> {
  static final String PUTS = "puts/s";
  static final String P50 = "p50 ms";
  static final String P99 = "p99 ms";

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public Optional<String> missing(WritersCase testCase) {
    return store.missing(testCase.flushDelay());
  }

  @Override
  public RunningArm start(WritersCase testCase) {
    OpenStore open = store.open(testCase.writers(), testCase.flushDelay());
    return new RunningArm() {
      @Override
      public Values measure(Duration window) {
        return WritersArm.this.measure(open, window);
      }

      @Override
      public void close() {
        open.close();
      }
    };
  }

  private Values measure(OpenStore open, Duration window) {
    LoadResult result = open.writers().flatOut(window);
    long end = System.nanoTime();
    long behind = open.behind();
    open.awaitAll();
    double caughtUpMillis = (System.nanoTime() - end) / 1e6;
    Values values =
        Values.none()
            .with(PUTS, result.perSecond())
            .with(P50, Histograms.millis(result.commitNanos(), 50))
            .with(P99, Histograms.millis(result.commitNanos(), 99))
            .with("max ms", Histograms.millis(result.commitNanos(), 100));
    return store.isWatched()
        ? values
            .with("events behind at the end", (double) behind)
            .with("seen all after ms", caughtUpMillis)
        : values;
  }
}
