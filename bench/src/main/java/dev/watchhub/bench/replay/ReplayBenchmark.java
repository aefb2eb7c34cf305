package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.Case;
import dev.watchhub.bench.harness.Interleaved;
import dev.watchhub.bench.harness.Measurement;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.servers.HubProcess;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code bench replay}: many keys, and a long past. */
public final class ReplayBenchmark implements Benchmark {
  static final String BARE_READER = "bare reader";
  static final String HUB = "hub, from its slot";
  static final String CLIENT = "client of the hub";
  static final int KEYS = 1_000_000;

  private static final int COMMITS = 500_000;
  private static final int QUICK_COMMITS = 100_000;
  private static final int CLIENTS = 50;
  private static final int QUICK_CLIENTS = 5;
  private static final int CLIENT_THREADS = 2;
  private static final List<String> NOTES =
      List.of(
          "A hub's catching up is the time to ready with the backlog less the time to ready without, both of this round.",
          "A client reads out of the hub's memory, the bare reader has PostgreSQL decode its log: the client does less.",
          "'heap MB' is what is in use after a full collection, 'memory MB' what the process holds.");

  @Override
  public String name() {
    return "replay";
  }

  /** How many commits are to be caught up with. */
  static int commits(boolean quick) {
    return quick ? QUICK_COMMITS : COMMITS;
  }

  @Override
  public Report run(RunSettings run) {
    Instant startedAt = Instant.now();
    Pace pace =
        run.pace(
            new Pace(5, Duration.ZERO, Duration.ZERO, false),
            new Pace(1, Duration.ZERO, Duration.ZERO, false));
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("rounds", Integer.toString(pace.rounds()));
    settings.put("value", "200 characters");
    List<Measurement> measured = new ArrayList<>();
    try (SubscriberProcess client = SubscriberProcess.start(CLIENT_THREADS)) {
      try (Database database = Database.start(run, "replay", Map.of())) {
        settings.putAll(database.settings());
        Rows.addLiveKeys(database, KEYS);
        measured.addAll(starts(run, database, pace));
        measured.addAll(snapshots(run, database, client, pace));
      }
      measured.addAll(backlog(run, client, pace));
    }
    Measurements measurements = new Measurements(measured);
    return new Report(
        Results.here(
            name(),
            startedAt,
            settings,
            NOTES,
            measurements,
            List.of(),
            ReplayFigures.of(measurements, commits(run.quick()))),
        ReplayCharts.of(
            measurements, new CatchUpCase(commits(run.quick())), snapshotCases(run.quick())));
  }

  private static List<Measurement> starts(RunSettings run, Database database, Pace pace) {
    return measure(
        run,
        List.of(
            new StartArm(run, database, StartArm.Slot.NEW),
            new StartArm(run, database, StartArm.Slot.KEPT)),
        List.of(new StartCase(KEYS)),
        pace);
  }

  private static List<Measurement> snapshots(
      RunSettings run, Database database, SubscriberProcess client, Pace pace) {
    try (HubProcess hub = HubProcess.start(run, database.jdbcUrl(), List.of(), List.of())) {
      return measure(run, List.of(new SnapshotArm(hub, client)), snapshotCases(run.quick()), pace);
    }
  }

  private static List<SnapshotCase> snapshotCases(boolean quick) {
    return List.of(
        new SnapshotCase(KEYS, 1), new SnapshotCase(KEYS, quick ? QUICK_CLIENTS : CLIENTS));
  }

  private static List<Measurement> backlog(RunSettings run, SubscriberProcess client, Pace pace) {
    try (Database database = Database.start(run, "backlog", Map.of());
        Backlog backlog = new Backlog(run, database, client)) {
      database.notifyMode("off");
      Slots.createBase(database);
      int commits = Rows.commit(database, commits(run.quick()));
      return measure(
          run,
          List.of(
              new CatchUpArm(BARE_READER, backlog::byBareReader),
              new CatchUpArm(HUB, backlog::byHub),
              new CatchUpArm(CLIENT, backlog::byClient)),
          List.of(new CatchUpCase(commits)),
          pace);
    }
  }

  private static <C extends Case> List<Measurement> measure(
      RunSettings run, List<? extends Arm<C>> arms, List<C> cases, Pace pace) {
    return new Interleaved<C>(arms, cases, pace, run.meter(), run.progress())
        .run(() -> {})
        .measurements()
        .all();
  }
}
