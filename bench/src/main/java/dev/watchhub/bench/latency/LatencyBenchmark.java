package dev.watchhub.bench.latency;

import dev.watchhub.bench.harness.Interleaved;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Chart;
import dev.watchhub.bench.report.ChartData;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.report.SvgChart;
import dev.watchhub.bench.stores.Bed;
import dev.watchhub.bench.stores.Peers;
import dev.watchhub.bench.stores.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From a put to its event, by what carries it. */
public record LatencyBenchmark(Peers peers) implements Benchmark {
  private static final int WRITERS = 64;
  private static final LatencyCase FIXED = new LatencyCase.Fixed(500);
  private static final List<LatencyCase> CASES = List.of(new LatencyCase.OfMaximum(80), FIXED);

  private static final Pace FULL =
      new Pace(5, Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(3));
  private static final Pace QUICK =
      new Pace(2, Duration.ofMillis(500), Duration.ofMillis(1500), Duration.ofSeconds(1));
  private static final Duration SEARCH = Duration.ofSeconds(3);
  private static final Duration QUICK_SEARCH = Duration.ofMillis(800);

  private static final List<String> NOTES =
      List.of(
          "Delays count from when a put was due, whether or not it could be sent then.",
          "How late puts were sent is in every arm's delay; so is the commit.",
          "pgjdbc, which listens in the NOTIFY arms, hands over when nothing has followed for 1 ms.");

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public Report run(RunSettings settings) {
    Instant startedAt = Instant.now();
    Pace pace = settings.pace(FULL, QUICK);
    Duration search = settings.quick() ? QUICK_SEARCH : SEARCH;
    try (Bed bed = Bed.start(settings, peers)) {
      List<LatencyArm> arms =
          bed.stores().stream()
              .filter(Store::isWatched)
              .map(store -> new LatencyArm(store, WRITERS, search))
              .toList();
      Interleaved.Outcome outcome =
          new Interleaved<>(arms, CASES, pace, settings.meter(), settings.progress())
              .run(bed::tidy);
      Measurements measured = outcome.measurements();
      Results results =
          Results.here(
              name(),
              startedAt,
              settingsOf(pace, search, bed),
              NOTES,
              measured,
              outcome.skipped(),
              LatencyFigures.of(measured, FIXED.label()));
      return new Report(results, charts(measured));
    }
  }

  private static Map<String, String> settingsOf(Pace pace, Duration search, Bed bed) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("rounds", Integer.toString(pace.rounds()));
    settings.put("window", pace.window().toMillis() + " ms");
    settings.put("warm-up", pace.warmUp().toMillis() + " ms");
    settings.put("maximum found in", search.toMillis() + " ms");
    settings.put("writers", Integer.toString(WRITERS));
    settings.putAll(bed.settings());
    return settings;
  }

  /** A chart for each case: the percentiles of each arm. */
  private static List<Chart> charts(Measurements measured) {
    List<String> percentiles = List.of("p50", "p90", "p99", "max");
    List<Chart> charts = new ArrayList<>();
    List<String> files = List.of("latency-80-percent.svg", "latency-500.svg");
    for (int i = 0; i < CASES.size(); i++) {
      String testCase = CASES.get(i).label();
      List<ChartData.Series> series =
          measured.arms(testCase).stream()
              .map(
                  arm ->
                      new ChartData.Series(
                          arm,
                          percentiles.stream()
                              .map(p -> measured.spread(testCase, arm, p + " ms"))
                              .toList()))
              .toList();
      charts.add(
          SvgChart.bars(
              files.get(i),
              new ChartData(
                  "How soon has a watcher what was put? " + testCase,
                  "percentile of all events",
                  "ms from put to event",
                  true,
                  percentiles,
                  series)));
    }
    return charts;
  }
}
