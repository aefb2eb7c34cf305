package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import java.time.Duration;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Searches the highest rate that is sustained for a window: in steps of a twelfth, up from the rate
 * that was found the last time, or down.
 */
final class AtHighestRate implements RunningArm {
  private static final double FIRST_DELIVERIES_PER_SECOND = 40_000;
  private static final double PROBE_STEP = 1.5;
  private static final double STEP = 13.0 / 12;
  private static final double LOWEST = 0.1;
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
      climb(PROBE_STEP, PROBE);
      probed = true;
    }
    Delivered highest = climb(STEP, window);
    found.accept(rate);
    return highest.values();
  }

  private Delivered climb(double step, Duration window) {
    Delivered last = broadcast.publish(rate, window);
    if (last.sustained()) {
      while (true) {
        Delivered next = broadcast.publish(rate * step, window);
        if (!next.sustained()) {
          return last;
        }
        rate *= step;
        last = next;
      }
    }
    while (!last.sustained()) {
      rate /= step;
      if (rate < LOWEST) {
        throw new BenchException("not even %.1f events/s are sustained".formatted(rate));
      }
      last = broadcast.publish(rate, window);
    }
    return last;
  }

  @Override
  public void close() {
    broadcast.close();
  }
}
