package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Chart;
import dev.watchhub.bench.report.ChartData;
import dev.watchhub.bench.report.SvgChart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One chart for each question. */
final class FanOutCharts {
  private FanOutCharts() {}

  static List<Chart> of(Measurements measured, FanOutPlan plan) {
    List<Chart> charts = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      for (int perSecond : new int[] {10, 100}) {
        List<FanOutCase> cases =
            plan.paced().stream()
                .filter(c -> c.layout() == layout && c.perSecond() == perSecond)
                .toList();
        if (!cases.isEmpty()) {
          String file =
              "fanout-p99-%s-%d.svg".formatted(layout.name().toLowerCase(Locale.ROOT), perSecond);
          String title =
              "How late is an event? %d a second, %s".formatted(perSecond, layout.words());
          charts.add(SvgChart.lines(file, data(measured, "p99 ms", cases, title, true)));
        }
      }
    }
    String title = "How many deliveries a second, 99 of 100 within a second?";
    charts.add(
        SvgChart.bars(
            "fanout-highest.svg", data(measured, "deliveries/s", plan.highest(), title, false)));
    return charts;
  }

  private static ChartData data(
      Measurements measured,
      String metric,
      List<FanOutCase> cases,
      String title,
      boolean logarithmic) {
    return ChartData.of(
        measured,
        metric,
        cases.stream().map(FanOutCase::label).toList(),
        cases.stream().map(c -> String.format(Locale.ROOT, "%,d", c.subscribers())).toList(),
        title,
        "subscribers",
        logarithmic);
  }
}
