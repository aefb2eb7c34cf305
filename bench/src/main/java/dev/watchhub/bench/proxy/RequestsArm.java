package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.load.Histograms;
import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.servers.ServerUse;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Requests through one proxy, with or without changes meanwhile.
 *
 * @param name how tables call it
 * @param proxy the port of the proxy
 * @param process whose use of the machine is shown
 * @param changed what is changed meanwhile
 */
record RequestsArm(String name, int proxy, ProcessHandle process, Changed changed, ProxyBed bed)
    implements Arm<RequestsCase> {
  static final String PER_SECOND = "requests/s";
  static final String FAILED = "failed";

  static final double CHANGES_PER_SECOND = 1_000;

  @Override
  public RunningArm start(RequestsCase testCase) {
    @Nullable Changes changes =
        changed == Changed.NOTHING ? null : bed.changes(changed, CHANGES_PER_SECOND);
    ClosedLoop client =
        new ClosedLoop(proxy, Routes.PATH, ProxyBed.ANSWER_BYTES, testCase.connections());
    return new Running(this, client, changes);
  }

  /** Counts failures from the warm-up on. */
  private static final class Running implements RunningArm {
    private final RequestsArm arm;
    private final ClosedLoop client;
    private final @Nullable Changes changes;
    private long failed;

    Running(RequestsArm arm, ClosedLoop client, @Nullable Changes changes) {
      this.arm = arm;
      this.client = client;
      this.changes = changes;
    }

    @Override
    public Values measure(Duration window) {
      ServerUse.Watch watch = ServerUse.of(arm.process);
      @Nullable Future<LoadResult> writing = changes == null ? null : changes.begin(window);
      Answers answers = client.run(window);
      ServerUse use = watch.end();
      failed += answers.failed();
      if (answers.why() != null) {
        arm.bed.note(arm.name + ": " + answers.why());
      }
      Values values =
          Histograms.add(Values.none().with(PER_SECOND, answers.perSecond()), "", answers.nanos())
              .with(FAILED, (double) failed)
              .with("CPU µs", cpuMicros(use, answers))
              .with("cores", use.cores())
              .with("memory MB", use.memoryMegabytes());
      return writing == null
          ? values
          : values.with("changes/s", Changes.await(writing).perSecond());
    }

    private static double cpuMicros(ServerUse use, Answers answers) {
      return use.cores() * answers.seconds() * 1e6 / Math.max(1, answers.count());
    }

    @Override
    public void close() {
      client.close();
      if (changes != null) {
        changes.close();
      }
    }
  }
}
