package dev.watchhub.bench.fanout;

import static dev.watchhub.bench.fanout.FanOutBenchmark.DISTURBED;
import static dev.watchhub.bench.fanout.FanOutBenchmark.HUB;
import static dev.watchhub.bench.fanout.FanOutBenchmark.NCHAN;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Goal;
import java.util.List;

/** The figures F1 to F5. */
final class FanOutFigures {
  private FanOutFigures() {}

  static List<Figure> of(Measurements measurements) {
    String highest = new FanOutCase(1_000, Layout.SHARED, FanOutCase.HIGHEST).label();
    String crowd = new FanOutCase(9_000, Layout.SHARED, 10).label();
    return List.of(
        Figure.of(
            "F1",
            "highest deliveries/s, 1,000 subscribers: hub ÷ nchan",
            Goal.atLeast(1.5, ""),
            measurements.ratio(highest, "deliveries/s", HUB, NCHAN)),
        Figure.of(
            "F2",
            "p99 delay, 9,000 subscribers, 10 events/s: hub",
            Goal.atMost(500, "ms"),
            measurements.spread(crowd, HUB, "p99 ms")),
        Figure.of(
            "F3",
            "puts/s, 64 writers: 5,000 subscribers with a prefix each ÷ one subscriber",
            Goal.atLeast(0.9, ""),
            measurements.ratio(
                new PutsCase(64).label(), PutsArm.PUTS, FanOutBenchmark.MANY, FanOutBenchmark.ONE)),
        Figure.of(
            "F4",
            "heap of an idle subscriber, 5,000 with a prefix each",
            Goal.atMost(15, "KB"),
            measurements.spread(
                new IdleCase(5_000).label(), "hub, " + Layout.EACH.words(), IdleArm.HEAP)),
        disturbance(measurements, 100),
        disturbance(measurements, 1_000));
  }

  private static Figure disturbance(Measurements measurements, int subscribers) {
    String label = new FanOutCase(subscribers, Layout.SHARED, 100).label();
    return Figure.of(
        "F5",
        "p99 delay, %s: with a stalled and a slow one ÷ without".formatted(label),
        Goal.atMost(1.5, ""),
        measurements.ratio(label, "p99 ms", HUB + DISTURBED, HUB));
  }
}
