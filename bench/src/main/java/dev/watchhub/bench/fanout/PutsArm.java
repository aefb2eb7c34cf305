package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.time.Duration;

/** How fast writers are while so many subscribers watch. */
final class PutsArm implements Arm<PutsCase> {
  static final String PUTS = "puts/s";

  private final String name;
  private final Service hub;
  private final FanOutCase audience;
  private final SubscriberProcess client;

  /**
   * @param audience who watches; together they see each put once
   */
  PutsArm(String name, Service hub, FanOutCase audience, SubscriberProcess client) {
    this.name = name;
    this.hub = hub;
    this.audience = audience;
    this.client = client;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public RunningArm start(PutsCase testCase) {
    return new Running(Broadcast.start(hub, client, audience, testCase.writers(), false));
  }

  private record Running(Broadcast broadcast) implements RunningArm {
    @Override
    public Values measure(Duration window) {
      Delivered delivered = broadcast.publishFlatOut(window);
      double perSecond = delivered.published() / (window.toNanos() / 1e9);
      return Values.none()
          .with(PUTS, perSecond)
          .with("p99 ms", delivered.p99Millis())
          .with("cores", delivered.use().cores());
    }

    @Override
    public void close() {
      broadcast.close();
    }
  }
}
