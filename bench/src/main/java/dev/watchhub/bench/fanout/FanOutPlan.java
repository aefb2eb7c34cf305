package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which cases are measured, and how long.
 *
 * @param paced delays at given rates
 * @param highest searches for the highest rate
 * @param pace of {@code paced}, and of the puts beside them
 * @param searchPace of {@code highest}
 */
record FanOutPlan(List<FanOutCase> paced, List<FanOutCase> highest, Pace pace, Pace searchPace) {
  private static final int[] SUBSCRIBERS = {100, 1_000, 5_000, 9_000};
  private static final int[] RATES = {10, 100};

  FanOutPlan {
    paced = List.copyOf(paced);
    highest = List.copyOf(highest);
  }

  /** Fewer cases when it is to be quick: those that the figures are made of, and a few beside. */
  static FanOutPlan of(RunSettings run) {
    Pace pace =
        run.pace(
            new Pace(5, Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(1)),
            new Pace(1, Duration.ofSeconds(1), Duration.ofSeconds(3), false));
    Pace searchPace =
        run.pace(
            new Pace(5, Duration.ZERO, Duration.ofSeconds(20), false),
            new Pace(1, Duration.ZERO, Duration.ofSeconds(4), false));
    return run.quick()
        ? new FanOutPlan(
            List.of(
                new FanOutCase(1_000, Layout.SHARED, 10),
                new FanOutCase(100, Layout.SHARED, 100),
                new FanOutCase(1_000, Layout.SHARED, 100),
                new FanOutCase(9_000, Layout.SHARED, 10),
                new FanOutCase(5_000, Layout.EACH, 100)),
            List.of(new FanOutCase(1_000, Layout.SHARED, FanOutCase.HIGHEST)),
            pace,
            searchPace)
        : new FanOutPlan(allPaced(), allHighest(), pace, searchPace);
  }

  private static List<FanOutCase> allPaced() {
    List<FanOutCase> cases = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      for (int subscribers : SUBSCRIBERS) {
        for (int rate : RATES) {
          cases.add(new FanOutCase(subscribers, layout, rate));
        }
      }
    }
    return cases;
  }

  private static List<FanOutCase> allHighest() {
    List<FanOutCase> cases = new ArrayList<>();
    for (int subscribers : SUBSCRIBERS) {
      cases.add(new FanOutCase(subscribers, Layout.SHARED, FanOutCase.HIGHEST));
    }
    return cases;
  }
}
