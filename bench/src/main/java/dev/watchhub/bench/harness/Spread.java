package dev.watchhub.bench.harness;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * The same thing measured in several rounds.
 *
 * @param median the mean of the two middle ones when their number is even
 * @param rounds how many there were, at least 1
 */
public record Spread(double median, double low, double high, int rounds) {
  /** Of these values; empty when there are none. */
  public static Optional<Spread> of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      return Optional.empty();
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return Optional.of(
        new Spread(median, sorted[0], Arrays.stream(sorted).max().getAsDouble(), sorted.length));
  }
}
