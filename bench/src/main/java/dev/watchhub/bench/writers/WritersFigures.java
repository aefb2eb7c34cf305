package dev.watchhub.bench.writers;

import static dev.watchhub.bench.writers.WritersArm.PUTS;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Goal;
import dev.watchhub.bench.stores.Bed;
import java.time.Duration;
import java.util.List;

/** W1 to W4. */
final class WritersFigures {
  private static final int WRITERS = 64;
  private static final String PLAIN = new WritersCase(WRITERS, Duration.ZERO).label();
  private static final String DELAYED = new WritersCase(WRITERS, Duration.ofMillis(2)).label();

  private WritersFigures() {}

  static List<Figure> of(Measurements measured) {
    return List.of(
        ratio(
            measured, "W1", "puts/s, 64 writers: hub ÷ bare reader", PLAIN, Bed.HUB, Bed.BARE, 0.9),
        ratio(
            measured,
            "W2",
            "puts/s, 64 writers: hub ÷ trigger NOTIFY",
            PLAIN,
            Bed.HUB,
            Bed.TRIGGER,
            2.5),
        ratio(measured, "W2", "the same, flushes 2 ms longer", DELAYED, Bed.HUB, Bed.TRIGGER, 5),
        ratio(measured, "W3", "puts/s, 64 writers: hub ÷ etcd", PLAIN, Bed.HUB, Bed.ETCD, 1.4),
        ratio(
            measured,
            "W3",
            "the same, etcd's writers on one connection",
            PLAIN,
            Bed.HUB,
            Bed.ETCD_SHARED,
            1.4),
        ratio(
            measured,
            "W4",
            "puts/s, 64 writers: hub's relay ÷ hub",
            PLAIN,
            Bed.RELAY,
            Bed.HUB,
            0.85));
  }

  private static Figure ratio(
      Measurements measured,
      String id,
      String what,
      String testCase,
      String arm,
      String other,
      double atLeast) {
    return Figure.of(
        id, what, Goal.atLeast(atLeast, ""), measured.ratio(testCase, PUTS, arm, other));
  }
}
