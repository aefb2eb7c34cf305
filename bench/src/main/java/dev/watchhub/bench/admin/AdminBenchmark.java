package dev.watchhub.bench.admin;

import dev.watchhub.bench.harness.Interleaved;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.servers.ControlPlaneProcess;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.stores.SqlPutter;
import dev.watchhub.lifecycle.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code bench admin}: writes through the control plane, and reads of a long past. */
public final class AdminBenchmark implements Benchmark {
  static final String API = "control plane";
  static final String SQL = "direct SQL";
  static final PutsCase PUTS = new PutsCase(64);

  private static final int REVISIONS = 100_000;
  private static final Duration COMPILING = Duration.ofSeconds(20);
  private static final Duration QUICK_COMPILING = Duration.ofSeconds(8);

  private static final Pace FULL =
      new Pace(5, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(10));
  private static final Pace QUICK =
      new Pace(2, Duration.ofMillis(500), Duration.ofMillis(1500), Duration.ofMillis(500));
  private static final Pace READS =
      new Pace(5, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(1));
  private static final Pace QUICK_READS =
      new Pace(2, Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofMillis(200));

  private static final List<String> NOTES =
      List.of(
          "Both arms write the same keys and values into one database, each put in a transaction of its own that is durable when it is answered; rows are stamped 'off'.",
          "Before the rounds the control plane takes puts for a while, so that its compilers are through the most of it.",
          "Writers, control plane and database share the machine: direct SQL is spared a process and a hop. CPU is of one put.",
          "Reads come one after the other over one connection; no writer is at work then.");

  private final int revisions;
  private final Duration compiling;
  private final Duration quickCompiling;

  public AdminBenchmark() {
    this(REVISIONS, COMPILING, QUICK_COMPILING);
  }

  private AdminBenchmark(int revisions, Duration compiling, Duration quickCompiling) {
    this.revisions = revisions;
    this.compiling = compiling;
    this.quickCompiling = quickCompiling;
  }

  /**
   * One that is soon through, and whose figures say nothing.
   *
   * @param revisions of the key with the long past, a multiple of 10
   * @param compiling how long the control plane takes puts before the rounds
   */
  static AdminBenchmark small(int revisions, Duration compiling) {
    return new AdminBenchmark(revisions, compiling, compiling);
  }

  @Override
  public String name() {
    return "admin";
  }

  @Override
  public Report run(RunSettings run) {
    Instant startedAt = Instant.now();
    Pace pace = run.pace(FULL, QUICK);
    Pace readPace = run.pace(READS, QUICK_READS);
    try (Resources owned = new Resources()) {
      Database database = owned.own(Database.start(run, "admin", Map.of()));
      database.notifyMode("off");
      ControlPlaneProcess plane = owned.own(ControlPlaneProcess.start(run, database.jdbcUrl()));
      Measurements written = puts(run, pace, database, plane);
      LongPast past = LongPast.write(database, revisions);
      Measurements all = written.and(reads(run, readPace, plane, past).all());
      return new Report(
          Results.here(
              name(),
              startedAt,
              settings(pace, readPace, database),
              NOTES,
              all,
              List.of(),
              AdminFigures.of(all, PUTS, revisions)),
          List.of());
    }
  }

  private Measurements puts(
      RunSettings run, Pace pace, Database database, ControlPlaneProcess plane) {
    PutsArm api =
        new PutsArm(
            API, () -> ApiPutter.connect(plane.port()), plane.process(), database.process());
    PutsArm sql =
        new PutsArm(SQL, () -> SqlPutter.connect(database), plane.process(), database.process());
    try (RunningArm running = api.start(PUTS)) {
      running.measure(run.quick() ? quickCompiling : compiling);
    }
    return new Interleaved<>(List.of(api, sql), List.of(PUTS), pace, run.meter(), run.progress())
        .run(database::tidy)
        .measurements();
  }

  private static Measurements reads(
      RunSettings run, Pace pace, ControlPlaneProcess plane, LongPast past) {
    return new Interleaved<>(
            List.of(new ReadArm(API, plane.port(), past)),
            List.of(ReadCase.values()),
            pace,
            run.meter(),
            run.progress())
        .run(() -> {})
        .measurements();
  }

  private static Map<String, String> settings(Pace pace, Pace readPace, Database database) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("rounds", Integer.toString(pace.rounds()));
    settings.put("window", pace.window().toMillis() + " ms");
    settings.put("warm-up", pace.warmUp().toMillis() + " ms");
    settings.put("window of reads", readPace.window().toMillis() + " ms");
    settings.putAll(database.settings());
    return settings;
  }
}
