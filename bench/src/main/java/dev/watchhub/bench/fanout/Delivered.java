package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.servers.ServerUse;
import dev.watchhub.bench.subscribers.Seen;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What became of the events of one window.
 *
 * @param published events that the service took
 * @param due deliveries that they should have come to
 * @param seen by the subscribers, when all had come or no more came
 * @param use of the service, until then
 * @param databaseUse of the database behind it; null where there is none
 * @param took from the first event to the last delivery, or the window where that is longer
 */
record Delivered(
    long published,
    long due,
    Seen seen,
    ServerUse use,
    @Nullable ServerUse databaseUse,
    Duration took) {
  private static final double PERCENT = 100;

  /** Deliveries per second. */
  double perSecond() {
    return seen.events() / (took.toNanos() / 1e9);
  }

  /** Whether everything came, 99 of 100 within a second. */
  boolean sustained() {
    return seen.events() == due && p99Millis() < 1_000;
  }

  double p99Millis() {
    return millis(seen.delayMicros(), 99);
  }

  Values values() {
    Histogram delays = seen.delayMicros();
    Values values =
        Values.none()
            .with("p50 ms", millis(delays, 50))
            .with("p99 ms", millis(delays, 99))
            .with("deliveries/s", perSecond())
            .with("p90 ms", millis(delays, 90))
            .with("max ms", delays.getMaxValue() / 1e3)
            .with("arrived %", due == 0 ? PERCENT : PERCENT * seen.events() / due)
            .with("missing", (double) seen.missing())
            .with("cores", use.cores())
            .with("memory MB", use.memoryMegabytes());
    return databaseUse == null ? values : values.with("database cores", databaseUse.cores());
  }

  private static double millis(Histogram delays, double percentile) {
    return delays.getValueAtPercentile(percentile) / 1e3;
  }
}
