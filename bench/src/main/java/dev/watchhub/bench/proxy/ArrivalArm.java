package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.load.Histograms;
import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.load.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How soon a request takes a route that was written.
 *
 * @param proxy the data plane's port
 */
record ArrivalArm(String name, int proxy, ProxyBed bed) implements Arm<ArrivalCase> {
  static final String P99 = "p99 ms";

  private static final int PROBES = 8; // so that one that waits holds up no other

  @Override
  public RunningArm start(ArrivalCase testCase) {
    List<RouteProbe> probes = new ArrayList<>();
    try {
      for (int lane = 0; lane < PROBES; lane++) {
        Connection connection = bed.database().connect("prepareThreshold=1");
        probes.add(RouteProbe.connect(lane, bed.routes(), connection, proxy));
      }
      return new Running(probes, new Writers(List.copyOf(probes)), testCase.perSecond());
    } catch (SQLException e) {
      probes.forEach(RouteProbe::close);
      throw new BenchException("a probe cannot connect: " + e.getMessage(), e);
    }
  }

  /**
   * @param writers closes the probes
   */
  private record Running(List<RouteProbe> probes, Writers writers, int perSecond)
      implements RunningArm {
    @Override
    public Values measure(Duration window) {
      probes.forEach(RouteProbe::forget);
      LoadResult result = writers.scheduled(perSecond, window);
      Histogram all = Histograms.nanos();
      probes.forEach(probe -> all.add(probe.nanos()));
      long requests = probes.stream().mapToLong(RouteProbe::requests).sum();
      return Histograms.add(Values.none(), "", all)
          .with("changes/s", result.perSecond())
          .with("requests a change", (double) requests / result.count());
    }

    @Override
    public void close() {
      writers.close();
    }
  }
}
