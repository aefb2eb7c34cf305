package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import java.time.Duration;

/** Measures delays at a rate that is given. */
record AtRate(Broadcast broadcast, double perSecond) implements RunningArm {
  @Override
  public Values measure(Duration window) {
    return broadcast.values(broadcast.publish(perSecond, window));
  }

  @Override
  public void close() {
    broadcast.close();
  }
}
