package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.e2e.FaultBed.Options;
import dev.watchhub.e2e.Round.Load;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Every fault again and again on one database, in an order drawn from a seed, for as long as {@code
 * -Dwatchhub.soak=30m} says; {@code -Dwatchhub.seed=} draws the same order again.
 */
@EnabledIfSystemProperty(named = "watchhub.soak", matches = "\\d+[smh]")
final class SoakTest {
  /** What came of all rounds. */
  private static final class Summary {
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
    private final List<String> failures = new ArrayList<>();
    private long commits;
    private long deliveries;
    private long filledGaps;
    private long resets;

    void add(Fault fault, Outcome outcome) {
      struck.merge(fault, 1, Integer::sum);
      commits += outcome.commits();
      deliveries += outcome.report().changes();
      filledGaps += outcome.report().filledGaps();
      resets += outcome.report().resets();
    }

    String text(long seed, Duration time) {
      StringBuilder text = new StringBuilder();
      text.append(
          "soak of %d s, seed %d: %d commits, %d changes delivered, %d gaps filled, %d resets, violations: %d%n"
              .formatted(
                  time.toSeconds(),
                  seed,
                  commits,
                  deliveries,
                  filledGaps,
                  resets,
                  failures.size()));
      struck.forEach((fault, count) -> text.append("  %5d  %s%n".formatted(count, name(fault))));
      failures.forEach(failure -> text.append(failure).append(System.lineSeparator()));
      return text.toString();
    }
  }

  private static String name(Fault fault) {
    return fault.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Test
  @Timeout(value = 25, unit = TimeUnit.HOURS)
  void survivesFaultAfterFault() {
    Duration length = Duration.parse("PT" + System.getProperty("watchhub.soak"));
    long seed = Long.getLong("watchhub.seed", System.nanoTime());
    System.out.println("soak: replay it with -Dwatchhub.seed=" + seed);
    Random random = new Random(seed);
    List<Fault> faults = List.of(Fault.values());
    Summary summary = new Summary();
    long start = System.nanoTime();
    Options options = Options.USUAL.inOwnProcess().withSettings(Map.of("max_wal_size", "256MB"));
    try (FaultBed bed = FaultBed.start(options)) {
      for (int i = 0; System.nanoTime() - start < length.toNanos(); i++) {
        Fault fault = faults.get(random.nextInt(faults.size()));
        Load load = Load.USUAL.withWitness(fault.witness()).withSeed(random.nextLong());
        System.out.printf("soak: round %d, %s%n", i, name(fault));
        try (Round round = Round.start(bed, "soak" + i, load)) {
          summary.add(fault, fault.strikeAndCheck(bed, round));
        } catch (AssertionError | ConditionTimeoutException e) {
          summary.failures.add("round %d, %s: %s".formatted(i, name(fault), e.getMessage()));
          bed.recover();
        }
        bed.dropTruth();
      }
    } finally {
      System.out.print(summary.text(seed, Duration.ofNanos(System.nanoTime() - start)));
    }
    assertThat(summary.failures).isEmpty();
    assertThat(summary.commits).isPositive();
  }
}
