package dev.watchhub.bench.admin;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A1 and A2. */
final class AdminFigures {
  private static final Goal READS = Goal.under(20, "ms");

  private AdminFigures() {}

  /**
   * Holds them against their goals.
   *
   * @param revisions that the key with the long past has
   */
  static List<Figure> of(Measurements measured, PutsCase puts, int revisions) {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.of(
            "A1",
            puts.label() + ", puts/s: control plane ÷ direct SQL",
            Goal.atLeast(0.5, ""),
            measured.ratio(puts.label(), PutsArm.PUTS, AdminBenchmark.API, AdminBenchmark.SQL)));
    for (ReadCase one : ReadCase.values()) {
      for (String metric : List.of(ReadArm.P50, ReadArm.P99)) {
        figures.add(
            Figure.of(
                "A2",
                String.format(
                    Locale.ROOT,
                    "%s, %,d revisions: %s",
                    one.label(),
                    revisions,
                    metric.replace(" ms", "")),
                READS,
                measured.spread(one.label(), AdminBenchmark.API, metric)));
      }
    }
    return figures;
  }
}
