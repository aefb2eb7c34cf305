package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import java.time.Duration;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/** Measures the highest rate that is sustained for a window. */
final class AtHighestRate implements RunningArm {
  private static final double FIRST_DELIVERIES_PER_SECOND = 40_000;
  private static final double PROBE_STEP = 1.5;
  private static final double STEP = 13.0 / 12;
  private static final Duration PROBE = Duration.ofSeconds(2);

  private final Broadcast broadcast;
  private final DoubleConsumer found;
  private double rate;
  private boolean probed;

  /**
   * @param last what was found the last time; null for never, which begins with short windows
   * @param found told of the highest rate
   */
  AtHighestRate(
      Broadcast broadcast, FanOutCase testCase, @Nullable Double last, DoubleConsumer found) {
    this.broadcast = broadcast;
    this.probed = last != null;
    this.rate =
        last == null
            ? FIRST_DELIVERIES_PER_SECOND / testCase.layout().deliveries(testCase.subscribers())
            : last;
    this.found = found;
  }

  @Override
  public Values measure(Duration window) {
    if (!probed) {
      rate = new Ladder(PROBE_STEP, r -> broadcast.publish(r, PROBE)).climb(rate).perSecond();
      probed = true;
    }
    Ladder.Rung highest = new Ladder(STEP, r -> broadcast.publish(r, window)).climb(rate);
    rate = highest.perSecond();
    found.accept(rate);
    return broadcast.values(highest.delivered());
  }

  @Override
  public void close() {
    broadcast.close();
  }
}
