package dev.watchhub.bench.writers;

import dev.watchhub.bench.harness.Interleaved;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.stores.Bed;
import dev.watchhub.bench.stores.Peers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a second and commit latency, by who watches.
 *
 * @param writerCounts how many write at a time, a case each
 * @param flushDelay zero, or a case more for each count in {@code delayedCounts}
 */
public record WritersBenchmark(
    Peers peers, List<Integer> writerCounts, Duration flushDelay, List<Integer> delayedCounts)
    implements Benchmark {
  private static final Pace FULL =
      new Pace(5, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(2));
  private static final Pace QUICK =
      new Pace(3, Duration.ofMillis(500), Duration.ofMillis(1500), Duration.ofSeconds(1));

  private static final List<String> NOTES =
      List.of(
          "Every arm writes the same keys and values, each put in a transaction of its own that is"
              + " durable when it returns.",
          "Every watcher has seen every put of each window, once; where it has not, the run fails.",
          "Longer flushes are commit_delay with commit_siblings=1, which spares a writer that is"
              + " alone.");

  public WritersBenchmark {
    writerCounts = List.copyOf(writerCounts);
    delayedCounts = List.copyOf(delayedCounts);
  }

  @Override
  public String name() {
    return "writers";
  }

  @Override
  public Report run(RunSettings settings) {
    Instant startedAt = Instant.now();
    Pace pace = settings.pace(FULL, QUICK);
    try (Bed bed = Bed.start(settings, peers)) {
      List<WritersArm> arms = bed.stores().stream().map(WritersArm::new).toList();
      Interleaved.Outcome outcome =
          new Interleaved<>(arms, cases(), pace, settings.meter(), settings.progress())
              .run(bed::tidy);
      Measurements measured = outcome.measurements();
      Results results =
          Results.here(
              name(),
              startedAt,
              settingsOf(pace, bed),
              NOTES,
              measured,
              outcome.skipped(),
              WritersFigures.of(measured));
      return new Report(results, WritersCharts.of(measured, cases()));
    }
  }

  private List<WritersCase> cases() {
    List<WritersCase> cases = new ArrayList<>();
    writerCounts.forEach(count -> cases.add(new WritersCase(count, Duration.ZERO)));
    if (!flushDelay.isZero()) {
      delayedCounts.forEach(count -> cases.add(new WritersCase(count, flushDelay)));
    }
    return cases;
  }

  private static Map<String, String> settingsOf(Pace pace, Bed bed) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("rounds", Integer.toString(pace.rounds()));
    settings.put("window", pace.window().toMillis() + " ms");
    settings.put("warm-up", pace.warmUp().toMillis() + " ms");
    settings.putAll(bed.settings());
    return settings;
  }
}
