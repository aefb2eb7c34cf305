package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.Case;
import dev.watchhub.bench.harness.Interleaved;
import dev.watchhub.bench.harness.Measurement;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.Skipped;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.servers.NchanInstallation;
import dev.watchhub.bench.servers.NchanServer;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import dev.watchhub.lifecycle.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code bench fanout}: one hub or nchan, and very many who watch. */
public final class FanOutBenchmark implements Benchmark {
  static final String HUB = "hub";
  static final String NCHAN = "nchan";
  static final String DISTURBED = ", one stalled, one slow";
  static final String ONE = "one subscriber";
  static final String MANY = "5,000 subscribers, a prefix each";

  private static final int CLIENT_THREADS = 2;
  private static final int WRITERS = 64;
  private static final int DISTINCT = 5_000;
  private static final List<String> NOTES =
      List.of(
          "Delays count from when an event was due to be sent, so a publisher that is held up shortens none.",
          "The hub's events are puts into PostgreSQL, nchan's are POSTs: the hub's delay has a durable commit in it, and its database takes a part of the machine.",
          "'cores' and 'memory MB' are of the process that serves the streams; the hub's database is not in them.");

  @Override
  public String name() {
    return "fanout";
  }

  @Override
  public Report run(RunSettings run) {
    Instant startedAt = Instant.now();
    FanOutPlan plan = FanOutPlan.of(run);
    try (Resources owned = new Resources()) {
      Database database = owned.own(Database.start(run, "fanout", Map.of()));
      database.notifyMode("off");
      Service hub = owned.own(HubService.start(run, database));
      @Nullable Service nchan =
          NchanInstallation.find()
              .map(found -> owned.own(new NchanService(NchanServer.start(run, found))))
              .orElse(null);
      SubscriberProcess client = owned.own(SubscriberProcess.start(CLIENT_THREADS));
      Run all = new Run(run, new ArrayList<>(), new ArrayList<>());
      all.measure(idle(hub, client), List.of(new IdleCase(DISTINCT)), once(plan.pace()));
      all.measure(arms(hub, nchan, client), plan.paced(), plan.pace());
      all.measure(arms(hub, nchan, client), plan.highest(), plan.searchPace());
      all.measure(puts(hub, client), List.of(new PutsCase(WRITERS)), plan.pace());
      Measurements measurements = all.measurements();
      return new Report(
          Results.here(
              name(),
              startedAt,
              settings(plan, database),
              NOTES,
              measurements,
              all.skipped(),
              FanOutFigures.of(measurements)),
          FanOutCharts.of(measurements, plan));
    }
  }

  /** What has been measured so far. */
  private record Run(RunSettings settings, List<Measurement> measured, List<Skipped> skipped) {
    <C extends Case> void measure(List<? extends Arm<C>> arms, List<? extends C> cases, Pace pace) {
      Interleaved.Outcome outcome =
          new Interleaved<C>(arms, cases, pace, settings.meter(), settings.progress())
              .run(() -> {});
      measured.addAll(outcome.measurements().all());
      skipped.addAll(outcome.skipped());
    }

    Measurements measurements() {
      return new Measurements(measured);
    }
  }

  private static List<FanOutArm> arms(
      Service hub, @Nullable Service nchan, SubscriberProcess client) {
    return List.of(
        new FanOutArm(HUB, hub, false, client),
        new FanOutArm(NCHAN, nchan, false, client),
        new FanOutArm(HUB + DISTURBED, hub, true, client),
        new FanOutArm(NCHAN + DISTURBED, nchan, true, client));
  }

  private static List<IdleArm> idle(Service hub, SubscriberProcess client) {
    return List.of(new IdleArm(hub, Layout.SHARED, client), new IdleArm(hub, Layout.EACH, client));
  }

  private static List<PutsArm> puts(Service hub, SubscriberProcess client) {
    return List.of(
        new PutsArm(ONE, hub, new FanOutCase(1, Layout.SHARED, 0), client),
        new PutsArm(MANY, hub, new FanOutCase(DISTINCT, Layout.EACH, 0), client));
  }

  /** A heap needs no warm-up, and no practice. */
  private static Pace once(Pace pace) {
    return new Pace(pace.rounds(), Duration.ZERO, pace.window(), false);
  }

  private static Map<String, String> settings(FanOutPlan plan, Database database) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("rounds", Integer.toString(plan.pace().rounds()));
    settings.put("window", plan.pace().window().toString());
    settings.put("window of a search", plan.searchPace().window().toString());
    settings.put("threads of the subscribers", Integer.toString(CLIENT_THREADS));
    settings.put("value", "200 characters");
    settings.putAll(database.settings());
    return settings;
  }
}
