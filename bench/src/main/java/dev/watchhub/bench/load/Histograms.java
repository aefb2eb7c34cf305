package dev.watchhub.bench.load;

import dev.watchhub.bench.harness.Values;
import org.HdrHistogram.Histogram;

/** Lengths of time as HdrHistogram counts them: up to an hour, three digits. Stateless. */
public final class Histograms {
  private static final long LONGEST_NANOS = 3_600_000_000_000L;
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MILLI = 1e6;

  private Histograms() {}

  /** An empty one, of nanoseconds. */
  public static Histogram nanos() {
    return new Histogram(LONGEST_NANOS, DIGITS);
  }

  /** Counts a length; one that is out of range as the nearest within it. */
  public static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.min(Math.max(nanos, 0), LONGEST_NANOS));
  }

  /** The nanoseconds at a percentile, in milliseconds. */
  public static double millis(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
  }

  /** Adds p50, p90, p99 and max in milliseconds, their names beginning with {@code name}. */
  public static Values add(Values values, String name, Histogram histogram) {
    return values
        .with(name + "p50 ms", millis(histogram, 50))
        .with(name + "p90 ms", millis(histogram, 90))
        .with(name + "p99 ms", millis(histogram, 99))
        .with(name + "max ms", histogram.getMaxValue() / NANOS_PER_MILLI);
  }
}
