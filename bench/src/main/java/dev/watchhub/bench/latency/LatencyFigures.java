package dev.watchhub.bench.latency;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Goal;
import dev.watchhub.bench.stores.Bed;
import java.util.List;

/** L1 and L2. */
final class LatencyFigures {
  private static final Goal SOONER = Goal.under(1, "");

  private LatencyFigures() {}

  /**
   * Out of one case.
   *
   * @param testCase its label
   */
  static List<Figure> of(Measurements measured, String testCase) {
    return List.of(
        Figure.of(
            "L1",
            "put → event at 500/s, p50: hub − bare reader",
            Goal.under(0.3, "ms"),
            measured.difference(testCase, LatencyArm.P50, Bed.HUB, Bed.BARE)),
        ratio(measured, testCase, "p50: hub ÷ etcd", LatencyArm.P50, Bed.ETCD),
        ratio(measured, testCase, "p99: hub ÷ etcd", LatencyArm.P99, Bed.ETCD),
        ratio(measured, testCase, "p50: hub ÷ trigger NOTIFY", LatencyArm.P50, Bed.TRIGGER),
        ratio(measured, testCase, "p99: hub ÷ trigger NOTIFY", LatencyArm.P99, Bed.TRIGGER));
  }

  private static Figure ratio(
      Measurements measured, String testCase, String what, String metric, String other) {
    return Figure.of(
        "L2",
        "put → event at 500/s, " + what,
        SOONER,
        measured.ratio(testCase, metric, Bed.HUB, other));
  }
}
