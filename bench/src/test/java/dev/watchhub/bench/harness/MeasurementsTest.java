package dev.watchhub.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.bench.machine.Load;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MeasurementsTest {
  private static final Load LOAD = new Load(null, 1, null, null);

  private final Measurements measurements =
      new Measurements(
          List.of(
              one("hub", 1, 10),
              one("other", 1, 5),
              one("hub", 2, 90),
              one("other", 2, 30),
              one("hub", 3, 40),
              one("other", 3, 10),
              one("hub", 4, 7)));

  private static Measurement one(String arm, int round, double value) {
    return new Measurement("case", arm, round, Values.none().with("puts/s", value), LOAD);
  }

  @Test
  void hasTheMedianAndTheRangeOfAnOddAndAnEvenNumber() {
    assertThat(Spread.of(List.of(3.0, 1.0, 8.0))).contains(new Spread(3, 1, 8, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 8.0, 2.0))).contains(new Spread(3, 1, 8, 4));
    assertThat(Spread.of(List.of())).isEmpty();
  }

  @Test
  void formsRatiosWithinARoundAndNotOfTheMedians() {
    assertThat(measurements.ratio("case", "puts/s", "hub", "other"))
        .contains(new Spread(3, 2, 4, 3));
  }

  @Test
  void formsDifferencesWithinARound() {
    assertThat(measurements.difference("case", "puts/s", "hub", "other"))
        .contains(new Spread(30, 5, 60, 3));
  }

  @Test
  void hasNoRatioOfWhatWasNotMeasured() {
    assertThat(measurements.ratio("case", "puts/s", "hub", "etcd")).isEmpty();
    assertThat(measurements.ratio("case", "p50 ms", "hub", "other")).isEmpty();
  }

  @Test
  void dividesNothingByZero() {
    Measurements idle = new Measurements(List.of(one("hub", 1, 10), one("other", 1, 0)));

    assertThat(idle.ratio("case", "puts/s", "hub", "other")).isEmpty();
  }
}
