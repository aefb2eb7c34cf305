package dev.watchhub.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.Measurement;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Skipped;
import dev.watchhub.bench.harness.Spread;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.machine.Load;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ResultTextTest {
  private static final Goal GOAL = Goal.atLeast(0.9, "");

  private final Results results =
      Results.here(
          "writers",
          Instant.EPOCH,
          Map.of("rounds", "2"),
          List.of("A bias."),
          new Measurements(
              List.of(one("hub", 1, 8000), one("nobody", 1, 9000), one("hub", 2, 8500.4))),
          List.of(
              new Skipped("8 writers", "etcd", "not on the PATH"),
              new Skipped("64 writers", "etcd", "not on the PATH")),
          List.of(
              Figure.of("W1", "hub ÷ bare reader", GOAL, Optional.of(new Spread(0.95, 0.9, 1, 2))),
              Figure.of("W3", "hub ÷ etcd", GOAL, Optional.empty())));

  private static Measurement one(String arm, int round, double puts) {
    Values values = Values.none().with("puts/s", puts).with("p50 ms", 0.5);
    return new Measurement("8 writers", arm, round, values, new Load(0.5, 2.0, 3.0, 0.4));
  }

  @Test
  void showsMedianAndRangeOfEachArm() {
    assertThat(ResultText.of(results))
        .contains(
            """
            8 writers: median (range over the rounds)

            | arm    |              puts/s |              p50 ms |
            | ------ | ------------------: | ------------------: |
            | hub    | 8,250 (8,000–8,500) | 0.500 (0.500–0.500) |
            | nobody |               9,000 |               0.500 |
            """);
  }

  @Test
  void tellsWhatOthersDidAndWhatWasLeftOut() {
    assertThat(ResultText.of(results))
        .contains("Others used 0.200 (0.200–0.200) cores meanwhile")
        .contains("Not measured: etcd: not on the PATH (8 writers, 64 writers)")
        .contains("A bias.");
  }

  @Test
  void holdsTheFiguresAgainstTheirGoals() {
    assertThat(ResultText.figures(results.figures()))
        .contains("| W1 hub ÷ bare reader | 0.950 (0.900–1.00) | at least 0.900 |      reached |")
        .contains("| W3 hub ÷ etcd        |                  – | at least 0.900 | not measured |");
  }

  @Test
  void aFigureIsShortOnTheWrongSideOfItsBound() {
    assertThat(verdict(Goal.atLeast(0.9, ""), 0.89)).isEqualTo(Verdict.SHORT);
    assertThat(verdict(Goal.atLeast(0.9, ""), 0.9)).isEqualTo(Verdict.REACHED);
    assertThat(verdict(Goal.under(0.3, "ms"), 0.3)).isEqualTo(Verdict.SHORT);
    assertThat(verdict(Goal.under(0.3, "ms"), 0.29)).isEqualTo(Verdict.REACHED);
    assertThat(verdict(Goal.atMost(500, "ms"), 500)).isEqualTo(Verdict.REACHED);
    assertThat(verdict(Goal.atMost(500, "ms"), 501)).isEqualTo(Verdict.SHORT);
  }

  private static Verdict verdict(Goal goal, double value) {
    return Figure.of("X", "x", goal, Spread.of(List.of(value))).verdict();
  }

  @Test
  void readsItsOwnJsonBack() {
    assertThat(ResultsJson.read(ResultsJson.write(results))).isEqualTo(results);
    assertThat(ResultsJson.write(results)).contains("\"verdict\" : \"reached\"");
  }

  @Test
  void refusesJsonOfSomethingElse() {
    assertThatThrownBy(() -> ResultsJson.read("{\"a\":1}")).isInstanceOf(BenchException.class);
  }
}
