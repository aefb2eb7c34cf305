package dev.watchhub.bench.writers;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Chart;
import java.util.List;

/** One chart for each question. */
final class WritersCharts {
  private WritersCharts() {}

  static List<Chart> of(Measurements measured, List<Integer> writerCounts) {
    return List.of();
  }
}
