package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.Interleaved;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Pace;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.Skipped;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Chart;
import dev.watchhub.bench.report.ChartData;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.report.SvgChart;
import dev.watchhub.bench.servers.NginxServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bench proxy}: the data plane beside nginx, and while its routes change. */
public final class ProxyBenchmark implements Benchmark {
  static final String NGINX = "nginx";
  static final String PLANE = "data plane";
  static final String CHANGING = "data plane, 1,000 route changes/s";
  static final String ELSEWHERE = "data plane, 1,000 other changes/s";
  static final String HUB_PLANE = "hub and data plane";

  private static final RequestsCase REQUESTS = new RequestsCase(64);
  private static final ArrivalCase ARRIVAL = new ArrivalCase(100);

  private static final Pace FULL =
      new Pace(5, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(10));
  private static final Pace QUICK =
      new Pace(2, Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(2));
  private static final Duration COMPILING = Duration.ofSeconds(40);
  private static final Duration QUICK_COMPILING = Duration.ofSeconds(10);

  private static final List<String> NOTES =
      List.of(
          "A closed loop: a connection asks again when it has its answer, so a proxy that is slow is asked less.",
          "Client, proxy and upstream share the machine; where routes change, database, hub and writers too. 'Other changes' are the same writes of keys that the data plane does not watch.",
          "'failed' counts from the beginning of the warm-up on: another status than 200, another length, a connection that broke, no answer.",
          "A row counts as routed at the end of the first answer by its route; the probe asks without a pause from the return of the commit on.");

  @Override
  public String name() {
    return "proxy";
  }

  @Override
  public Report run(RunSettings run) {
    Instant startedAt = Instant.now();
    Pace pace = run.pace(FULL, QUICK);
    Optional<Path> nginx = NginxServer.program();
    if (nginx.isEmpty()) {
      Skipped skipped = new Skipped(REQUESTS.label(), "all arms", NginxServer.MISSING);
      return report(startedAt, Map.of(), NOTES, new Measurements(List.of()), List.of(skipped));
    }
    try (ProxyBed bed = ProxyBed.start(run, nginx.get())) {
      bed.letCompile(
          REQUESTS, RequestsArm.CHANGES_PER_SECOND, run.quick() ? QUICK_COMPILING : COMPILING);
      Interleaved.Outcome requests =
          new Interleaved<>(arms(bed), List.of(REQUESTS), pace, run.meter(), run.progress())
              .run(bed.database()::tidy);
      ArrivalArm arrival = new ArrivalArm(HUB_PLANE, bed.dataPlane().port(), bed);
      Interleaved.Outcome arrivals =
          new Interleaved<>(List.of(arrival), List.of(ARRIVAL), pace, run.meter(), run.progress())
              .run(bed.database()::tidy);
      List<String> notes = new ArrayList<>(NOTES);
      bed.notes().forEach(note -> notes.add("A request failed: " + note));
      return report(
          startedAt,
          settings(pace, bed),
          notes,
          requests.measurements().and(arrivals.measurements().all()),
          requests.skipped());
    }
  }

  private static List<RequestsArm> arms(ProxyBed bed) {
    int port = bed.dataPlane().port();
    ProcessHandle plane = bed.dataPlane().process();
    return List.of(
        new RequestsArm(NGINX, bed.nginx().port(), bed.nginx().process(), Changed.NOTHING, bed),
        new RequestsArm(PLANE, port, plane, Changed.NOTHING, bed),
        new RequestsArm(CHANGING, port, plane, Changed.ROUTES, bed),
        new RequestsArm(ELSEWHERE, port, plane, Changed.OTHER_KEYS, bed));
  }

  private Report report(
      Instant startedAt,
      Map<String, String> settings,
      List<String> notes,
      Measurements measured,
      List<Skipped> skipped) {
    Results results =
        Results.here(
            name(),
            startedAt,
            settings,
            notes,
            measured,
            skipped,
            ProxyFigures.of(measured, REQUESTS, ARRIVAL));
    return new Report(results, measured.all().isEmpty() ? List.of() : charts(measured));
  }

  private static List<Chart> charts(Measurements measured) {
    return List.of(
        SvgChart.bars(
            "proxy-requests.svg",
            ChartData.of(
                measured,
                RequestsArm.PER_SECOND,
                List.of(REQUESTS.label()),
                List.of(Integer.toString(REQUESTS.connections())),
                "How many requests a second, while routes change?",
                "connections",
                false)));
  }

  private static Map<String, String> settings(Pace pace, ProxyBed bed) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("rounds", Integer.toString(pace.rounds()));
    settings.put("window", pace.window().toMillis() + " ms");
    settings.put("warm-up", pace.warmUp().toMillis() + " ms");
    settings.put("routes", Integer.toString(Routes.OTHERS + 1));
    settings.putAll(bed.database().settings());
    return settings;
  }
}
