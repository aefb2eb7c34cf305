package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.BenchException;
import java.util.function.DoubleFunction;

/**
 * Searches the highest rate that is sustained, in equal factors.
 *
 * @param step the factor, above 1
 * @param trial publishes so many events a second
 */
record Ladder(double step, DoubleFunction<Delivered> trial) {
  private static final double LOWEST = 0.1;

  /** A rate that was sustained, and what became of its events. */
  record Rung(double perSecond, Delivered delivered) {}

  /**
   * Goes up from {@code first} until a rate is not sustained, or down until one is.
   *
   * @param first events a second
   * @throws BenchException when not even a tenth of an event a second is
   */
  Rung climb(double first) {
    double rate = first;
    Delivered last = trial.apply(rate);
    if (!last.sustained()) {
      return descend(rate);
    }
    while (true) {
      Delivered next = trial.apply(rate * step);
      if (!next.sustained()) {
        return new Rung(rate, last);
      }
      rate *= step;
      last = next;
    }
  }

  private Rung descend(double from) {
    for (double rate = from / step; rate >= LOWEST; rate /= step) {
      Delivered delivered = trial.apply(rate);
      if (delivered.sustained()) {
        return new Rung(rate, delivered);
      }
    }
    throw new BenchException("not even %.1f events/s are sustained".formatted(LOWEST));
  }
}
