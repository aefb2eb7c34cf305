package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Goal;
import java.util.List;

/** The figures R1 and R2. */
final class ReplayFigures {
  private ReplayFigures() {}

  static List<Figure> of(Measurements measurements, int commits) {
    String behind = new CatchUpCase(commits).label();
    String start = new StartCase(ReplayBenchmark.KEYS).label();
    String kept = StartArm.name(StartArm.Slot.KEPT);
    return List.of(
        Figure.of(
            "R1",
            "changes/s, %s: client of the hub ÷ bare reader".formatted(behind),
            Goal.atLeast(0.7, ""),
            measurements.ratio(
                behind, CatchUpArm.CHANGES, ReplayBenchmark.CLIENT, ReplayBenchmark.BARE_READER)),
        Figure.of(
            "R1",
            "changes/s, %s: hub from its slot ÷ bare reader".formatted(behind),
            Goal.atLeast(0.7, ""),
            measurements.ratio(
                behind, CatchUpArm.CHANGES, ReplayBenchmark.HUB, ReplayBenchmark.BARE_READER)),
        Figure.of(
            "R2",
            "1,000,000 keys: ready in, slot kept",
            Goal.atMost(8, "s"),
            measurements.spread(start, kept, StartArm.READY)),
        Figure.of(
            "R2",
            "1,000,000 keys: ready in, new slot",
            Goal.atMost(8, "s"),
            measurements.spread(start, StartArm.name(StartArm.Slot.NEW), StartArm.READY)),
        Figure.of(
            "R2",
            "1,000,000 keys: heap",
            Goal.atMost(700, "MB"),
            measurements.spread(start, kept, StartArm.HEAP)));
  }
}
