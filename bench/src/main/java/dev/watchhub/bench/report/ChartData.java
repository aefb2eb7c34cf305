package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a chart shows: a metric of each arm under each of several cases.
 *
 * @param title the question
 * @param xAxis what the cases differ in
 * @param yAxis the metric with its unit
 * @param logarithmic whether equal steps of the y axis are equal factors; values are positive then
 * @param ticks the cases as the x axis names them
 */
public record ChartData(
    String title,
    String xAxis,
    String yAxis,
    boolean logarithmic,
    List<String> ticks,
    List<Series> series) {
  /**
   * One arm.
   *
   * @param spreads one for each tick; empty where it was not measured
   */
  public record Series(String name, List<Optional<Spread>> spreads) {
    public Series {
      spreads = List.copyOf(spreads);
    }
  }

  public ChartData {
    ticks = List.copyOf(ticks);
    series = List.copyOf(series);
    for (Series one : series) {
      if (one.spreads().size() != ticks.size()) {
        throw new IllegalArgumentException(
            "%s has %d values for %d ticks"
                .formatted(one.name(), one.spreads().size(), ticks.size()));
      }
    }
  }

  /**
   * All arms that have the metric under one of the cases.
   *
   * @param cases their labels
   * @param ticks the same cases, as the x axis names them
   */
  public static ChartData of(
      Measurements measured,
      String metric,
      List<String> cases,
      List<String> ticks,
      String title,
      String xAxis,
      boolean logarithmic) {
    List<Series> series = new ArrayList<>();
    for (String arm : cases.stream().flatMap(c -> measured.arms(c).stream()).distinct().toList()) {
      List<Optional<Spread>> spreads =
          cases.stream().map(c -> measured.spread(c, arm, metric)).toList();
      if (spreads.stream().anyMatch(Optional::isPresent)) {
        series.add(new Series(arm, spreads));
      }
    }
    return new ChartData(title, xAxis, metric, logarithmic, ticks, series);
  }

  /** The smallest and the largest value, ranges included; empty when nothing was measured. */
  Optional<Spread> extent() {
    List<Double> all = new ArrayList<>();
    for (Series one : series) {
      for (Optional<Spread> spread : one.spreads()) {
        spread.ifPresent(s -> all.addAll(List.of(s.low(), s.high())));
      }
    }
    return Spread.of(all);
  }
}
