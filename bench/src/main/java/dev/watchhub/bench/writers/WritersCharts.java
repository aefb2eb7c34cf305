package dev.watchhub.bench.writers;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Chart;
import dev.watchhub.bench.report.ChartData;
import dev.watchhub.bench.report.SvgChart;
import java.util.ArrayList;
import java.util.List;

/** One chart for each question. */
final class WritersCharts {
  private WritersCharts() {}

  static List<Chart> of(Measurements measured, List<WritersCase> cases) {
    List<WritersCase> plain = cases.stream().filter(c -> c.flushDelay().isZero()).toList();
    List<WritersCase> delayed = cases.stream().filter(c -> !c.flushDelay().isZero()).toList();
    List<Chart> charts = new ArrayList<>();
    charts.add(
        SvgChart.lines(
            "writers-puts.svg",
            data(measured, WritersArm.PUTS, plain, "What does watching cost writers?", false)));
    charts.add(
        SvgChart.lines(
            "writers-commit-p99.svg",
            data(measured, WritersArm.P99, plain, "How long does a commit take, at worst?", true)));
    if (!delayed.isEmpty()) {
      String title = "The same, where each flush takes longer";
      charts.add(
          SvgChart.bars(
              "writers-puts-flush-delay.svg",
              data(measured, WritersArm.PUTS, delayed, title, false)));
    }
    return charts;
  }

  private static ChartData data(
      Measurements measured,
      String metric,
      List<WritersCase> cases,
      String title,
      boolean logarithmic) {
    return ChartData.of(
        measured,
        metric,
        cases.stream().map(WritersCase::label).toList(),
        cases.stream().map(c -> Integer.toString(c.writers())).toList(),
        title,
        "writers",
        logarithmic);
  }
}
