package dev.watchhub.bench.admin;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.load.Histograms;
import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.load.Putter;
import dev.watchhub.bench.load.Writers;
import dev.watchhub.bench.servers.ServerUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One way to put.
 *
 * @param putter connects another one
 * @param plane the control plane, which idles where it is not asked
 * @param database where the puts go
 */
record PutsArm(String name, Supplier<Putter> putter, ProcessHandle plane, ProcessHandle database)
    implements Arm<PutsCase> {
  static final String PUTS = "puts/s";

  @Override
  public RunningArm start(PutsCase testCase) {
    List<Putter> putters = new ArrayList<>();
    try {
      for (int i = 0; i < testCase.connections(); i++) {
        putters.add(putter.get());
      }
      return new Running(new Writers(putters), plane, database);
    } catch (RuntimeException | Error e) {
      putters.forEach(Putter::close);
      throw e;
    }
  }

  private record Running(Writers writers, ProcessHandle plane, ProcessHandle database)
      implements RunningArm {
    @Override
    public Values measure(Duration window) {
      ServerUse.Watch planeUse = ServerUse.of(plane);
      ServerUse.Watch databaseUse = ServerUse.of(database);
      LoadResult result = writers.flatOut(window);
      Values values =
          Histograms.add(Values.none().with(PUTS, result.perSecond()), "", result.commitNanos());
      return values
          .with("control plane CPU µs", cpuMicros(planeUse.end(), result))
          .with("database CPU µs", cpuMicros(databaseUse.end(), result));
    }

    private static double cpuMicros(ServerUse use, LoadResult result) {
      return use.cores() * 1e6 / result.perSecond();
    }

    @Override
    public void close() {
      writers.close();
    }
  }
}
