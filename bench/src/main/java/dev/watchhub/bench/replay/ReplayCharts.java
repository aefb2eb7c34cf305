package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Chart;
import dev.watchhub.bench.report.ChartData;
import dev.watchhub.bench.report.SvgChart;
import java.util.List;

/** One chart for each question. */
final class ReplayCharts {
  private ReplayCharts() {}

  static List<Chart> of(Measurements measured, CatchUpCase behind, List<SnapshotCase> snapshots) {
    return List.of(
        SvgChart.bars(
            "replay-catch-up.svg",
            ChartData.of(
                measured,
                CatchUpArm.CHANGES,
                List.of(behind.label()),
                List.of(behind.label()),
                "How fast is a backlog caught up with?",
                "",
                false)),
        SvgChart.bars(
            "replay-snapshot.svg",
            ChartData.of(
                measured,
                "seconds",
                snapshots.stream().map(SnapshotCase::label).toList(),
                snapshots.stream().map(s -> Integer.toString(s.clients())).toList(),
                "How long does a snapshot of 1,000,000 keys take?",
                "clients at once",
                false)));
  }
}
