package dev.watchhub.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.bench.machine.LoadMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InterleavedTest {
  private static final Duration WARM_UP = Duration.ofMillis(1);
  private static final Duration WINDOW = Duration.ofMillis(2);
  private static final Duration PRACTICE = Duration.ofMillis(3);

  private final List<String> happened = new ArrayList<>();

  @Test
  void measuresTheArmsInTurnUnderEachCaseInEachRound() {
    Interleaved.Outcome outcome = run(new Pace(2, Duration.ZERO, WINDOW, Duration.ZERO), "a", "b");

    assertThat(happened)
        .containsExactly(
            "tidy",
            "a/small 2",
            "b/small 2",
            "a/large 2",
            "b/large 2",
            "tidy",
            "a/small 2",
            "b/small 2",
            "a/large 2",
            "b/large 2");
    assertThat(outcome.measurements().all())
        .extracting(m -> m.round() + " " + m.testCase() + " " + m.arm())
        .startsWith("1 small a", "1 small b", "1 large a", "1 large b", "2 small a")
        .hasSize(8);
  }

  @Test
  void throwsAwayThePracticeRoundAndTheWarmUps() {
    Interleaved.Outcome outcome = run(new Pace(1, WARM_UP, WINDOW, PRACTICE), "a");

    assertThat(happened)
        .containsExactly(
            "tidy",
            "a/small 3",
            "a/large 3",
            "tidy",
            "a/small 1",
            "a/small 2",
            "a/large 1",
            "a/large 2");
    assertThat(outcome.measurements().all()).extracting(Measurement::round).containsOnly(1);
    assertThat(outcome.measurements().spread("small", "a", "ms")).contains(new Spread(2, 2, 2, 1));
  }

  @Test
  void skipsAnArmThatIsMissingAndSaysWhy() {
    Interleaved.Outcome outcome =
        run(new Pace(1, Duration.ZERO, WINDOW, Duration.ZERO), "a", "missing where large");

    assertThat(outcome.skipped())
        .containsExactly(new Skipped("large", "missing where large", "not for large"));
    assertThat(happened).contains("missing where large/small 2").hasSize(4);
  }

  @Test
  void saysWhichMeasurementFailed() {
    assertThatThrownBy(() -> run(new Pace(1, Duration.ZERO, WINDOW, Duration.ZERO), "a", "failing"))
        .isInstanceOf(BenchException.class)
        .hasMessage("failing, small, round 1: it broke");
    assertThat(happened).endsWith("failing closed");
  }

  private Interleaved.Outcome run(Pace pace, String... arms) {
    List<Scripted> scripted = new ArrayList<>();
    for (String arm : arms) {
      scripted.add(new Scripted(arm));
    }
    return new Interleaved<Size>(
            scripted, List.of(Size.values()), pace, new LoadMeter(), new Silence())
        .run(() -> happened.add("tidy"));
  }

  private enum Size implements Case {
    SMALL,
    LARGE;

    @Override
    public String label() {
      return this == SMALL ? "small" : "large";
    }
  }

  /** Writes down what it is asked to do; the value is the window's length. */
  private final class Scripted implements Arm<Size> {
    private final String name;

    Scripted(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Optional<String> missing(Size testCase) {
      return name.endsWith("where " + testCase.label())
          ? Optional.of("not for " + testCase.label())
          : Optional.empty();
    }

    @Override
    public RunningArm start(Size testCase) {
      return new RunningArm() {
        @Override
        public Values measure(Duration window) {
          if (name.equals("failing")) {
            throw new BenchException("it broke");
          }
          happened.add(name + "/" + testCase.label() + " " + window.toMillis());
          return Values.none().with("ms", (double) window.toMillis());
        }

        @Override
        public void close() {
          if (name.equals("failing")) {
            happened.add("failing closed");
          }
        }
      };
    }
  }

  private static final class Silence implements Progress {
    @Override
    public void begins(
        int round, String testCase, String arm, int done, int total, Duration sinceStart) {}

    @Override
    public void measured(Values values) {}
  }
}
