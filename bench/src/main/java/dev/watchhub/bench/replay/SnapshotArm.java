package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.servers.HubProcess;
import dev.watchhub.bench.servers.ServerUse;
import dev.watchhub.bench.subscribers.Opening;
import dev.watchhub.bench.subscribers.Pace;
import dev.watchhub.bench.subscribers.Seen;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.time.Duration;

/** How long a hub takes to hand out all that it holds. */
final class SnapshotArm implements Arm<SnapshotCase> {
  private static final double MEGABYTE = 1 << 20;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final HubProcess hub;
  private final SubscriberProcess client;

  SnapshotArm(HubProcess hub, SubscriberProcess client) {
    this.hub = hub;
    this.client = client;
  }

  @Override
  public String name() {
    return "hub";
  }

  @Override
  public RunningArm start(SnapshotCase testCase) {
    client.closeAll();
    client.forget();
    return new RunningArm() {
      @Override
      public Values measure(Duration window) {
        return SnapshotArm.this.measure(testCase.clients());
      }

      @Override
      public void close() {
        client.closeAll();
      }
    };
  }

  private Values measure(int clients) {
    ServerUse.Watch use = ServerUse.of(hub.pid());
    double[] mostMegabytes = {use.end().memoryMegabytes()};
    long start = System.nanoTime();
    client.open(new Opening(hub.port(), "/watch?prefix=" + Rows.PREFIX, 0, clients, Pace.PROMPT));
    Waiting.until(
        "every snapshot has ended",
        LOOK_EVERY,
        LIMIT,
        () -> {
          mostMegabytes[0] = Math.max(mostMegabytes[0], use.end().memoryMegabytes());
          return client.seen().synced() == clients;
        });
    Seen seen = client.seen();
    double seconds = (seen.lastSyncedNanos() - start) / 1e9;
    return Values.none()
        .with("seconds", seconds)
        .with("MB/s", seen.bytes() / MEGABYTE / seconds)
        .with("highest memory MB", mostMegabytes[0])
        .with("cores", use.end().cores());
  }
}
