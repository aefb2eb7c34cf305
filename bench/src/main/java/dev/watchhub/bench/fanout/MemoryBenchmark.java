package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.Measurement;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.Spread;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.machine.LoadMeter;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Chart;
import dev.watchhub.bench.report.ChartData;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Goal;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.report.SvgChart;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import dev.watchhub.lifecycle.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code bench memory}: what a hub holds while commits and subscribers stay the same for an hour.
 * One load all the time, looked at after each window; the rounds of other benchmarks are windows
 * here.
 */
public final class MemoryBenchmark implements Benchmark {
  private static final FanOutCase LOAD = new FanOutCase(1_000, Layout.EACH, 1_000);
  private static final int PUBLISHERS = 8;
  private static final int CLIENT_THREADS = 1;
  private static final String HEAP = "heap MB";
  private static final Pace FULL = new Pace(12, Duration.ZERO, Duration.ofMinutes(5), false);
  private static final Pace QUICK = new Pace(3, Duration.ZERO, Duration.ofSeconds(10), false);

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Report run(RunSettings run) {
    Instant startedAt = Instant.now();
    Pace pace = run.pace(FULL, QUICK);
    try (Resources owned = new Resources()) {
      Database database = owned.own(Database.start(run, name(), Map.of()));
      database.notifyMode("off");
      Service hub = owned.own(HubService.start(run, database));
      SubscriberProcess client = owned.own(SubscriberProcess.start(CLIENT_THREADS));
      Broadcast load = owned.own(Broadcast.start(hub, client, LOAD, PUBLISHERS, false));
      Measurements measured = windows(load, pace, run);
      Results results =
          Results.here(
              name(),
              startedAt,
              settings(pace, database),
              List.of(
                  "'heap MB' is what is in use after a full collection, at the end of each window.",
                  "Every event came to its subscriber, or the run would have failed."),
              measured,
              List.of(),
              List.of(figure(measured, pace)));
      return new Report(results, List.of(chart(measured, pace)));
    }
  }

  private static Measurements windows(Broadcast load, Pace pace, RunSettings run) {
    List<Measurement> measured = new ArrayList<>();
    long start = System.nanoTime();
    for (int window = 1; window <= pace.rounds(); window++) {
      String label = arm(pace, window);
      Duration sinceStart = Duration.ofNanos(System.nanoTime() - start);
      run.progress().begins(1, LOAD.label(), label, window - 1, pace.rounds(), sinceStart);
      LoadMeter.Reading before = run.meter().read();
      Delivered delivered = load.publish(LOAD.perSecond(), pace.window());
      if (delivered.seen().events() != delivered.due()) {
        throw new BenchException(
            "%s: %d of %d deliveries came; expected all"
                .formatted(label, delivered.seen().events(), delivered.due()));
      }
      Values values = load.values(delivered);
      run.progress().measured(values);
      measured.add(new Measurement(LOAD.label(), label, 1, values, run.meter().since(before)));
    }
    return new Measurements(measured);
  }

  private static String arm(Pace pace, int windows) {
    return "hub, after " + elapsed(pace, windows);
  }

  private static String elapsed(Pace pace, int windows) {
    Duration elapsed = pace.window().multipliedBy(windows);
    return elapsed.toSeconds() % 60 == 0
        ? elapsed.toMinutes() + " min"
        : elapsed.toSeconds() + " s";
  }

  /** Against the second window, when the hub's log has its full length. */
  private static Figure figure(Measurements measured, Pace pace) {
    String last = arm(pace, pace.rounds());
    return Figure.of(
        "M1",
        "heap at 1,000 commits/s, 1,000 subscribers: at the end ÷ after the second window",
        Goal.atMost(1.1, ""),
        pace.rounds() < 3
            ? Optional.empty()
            : measured.ratio(LOAD.label(), HEAP, last, arm(pace, 2)));
  }

  private static Chart chart(Measurements measured, Pace pace) {
    List<String> ticks = new ArrayList<>();
    List<Optional<Spread>> heaps = new ArrayList<>();
    for (int window = 1; window <= pace.rounds(); window++) {
      ticks.add(elapsed(pace, window));
      heaps.add(measured.spread(LOAD.label(), arm(pace, window), HEAP));
    }
    return SvgChart.bars(
        "memory.svg",
        new ChartData(
            "What does a hub hold at 1,000 commits/s with 1,000 subscribers?",
            "since the start",
            HEAP,
            false,
            ticks,
            List.of(new ChartData.Series("hub", heaps))));
  }

  private static Map<String, String> settings(Pace pace, Database database) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("windows", Integer.toString(pace.rounds()));
    settings.put("window", pace.window().toString());
    settings.put("value", "200 characters");
    settings.putAll(database.settings());
    return settings;
  }
}
