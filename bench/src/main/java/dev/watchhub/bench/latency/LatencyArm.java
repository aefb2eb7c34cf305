package dev.watchhub.bench.latency;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.load.Arrivals;
import dev.watchhub.bench.load.Histograms;
import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.stores.OpenStore;
import dev.watchhub.bench.stores.Store;
import java.time.Duration;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * Measures from when a put was due to when the watcher has the event.
 *
 * @param store is watched
 * @param writers connections that put; enough that a put is due only rarely with none free
 * @param search how long an arm is driven flat out to find its maximum
 */
record LatencyArm(Store store, int writers, Duration search) implements Arm<LatencyCase> {
  static final String P50 = "p50 ms";
  static final String P99 = "p99 ms";

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public Optional<String> missing(LatencyCase testCase) {
    return store.missing(Duration.ZERO);
  }

  @Override
  public RunningArm start(LatencyCase testCase) {
    OpenStore open = store.open(writers, Duration.ZERO);
    try {
      double rate = rate(testCase, open);
      return new RunningArm() {
        @Override
        public Values measure(Duration window) {
          return LatencyArm.measure(open, rate, window);
        }

        @Override
        public void close() {
          open.close();
        }
      };
    } catch (BenchException e) {
      open.close();
      throw e;
    }
  }

  private double rate(LatencyCase testCase, OpenStore open) {
    if (testCase instanceof LatencyCase.Fixed fixed) {
      return fixed.perSecond();
    }
    int percent = ((LatencyCase.OfMaximum) testCase).percent();
    open.writers().flatOut(search.dividedBy(2)); // warms up
    open.awaitAll();
    double maximum = open.writers().flatOut(search).perSecond();
    open.awaitAll();
    return maximum * percent / 100;
  }

  private static Values measure(OpenStore open, double rate, Duration window) {
    open.forgetDelays();
    LoadResult result = open.writers().scheduled(rate, window);
    open.awaitAll();
    Values values = Values.none();
    for (Arrivals arrivals : open.arrivals()) {
      Histogram delays = arrivals.delays();
      if (values.get(P99).orElse(-1) < Histograms.millis(delays, 99)) { // of the slowest watcher
        values = Histograms.add(Values.none(), "", delays);
      }
    }
    return values
        .with("puts/s", result.perSecond())
        .with("commit p50 ms", Histograms.millis(result.commitNanos(), 50))
        .with("sent late p50 ms", Histograms.millis(result.lagNanos(), 50))
        .with("sent late p99 ms", Histograms.millis(result.lagNanos(), 99));
  }
}
