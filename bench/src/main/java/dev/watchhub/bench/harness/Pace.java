package dev.watchhub.bench.harness;

import java.time.Duration;

/**
 * How often and how long.
 *
 * @param rounds at least 1
 * @param warmUp before each measurement, on the same arm and case; thrown away
 * @param window length of each measurement
 * @param practice length of the windows of a whole round that is made first and thrown away, which
 *     takes the JIT compilers of all processes over their slow beginning; zero for none
 */
public record Pace(int rounds, Duration warmUp, Duration window, Duration practice) {
  public Pace {
    if (rounds < 1) {
      throw new BenchException("rounds is " + rounds + ": expected a number from 1 on");
    }
  }

  /** With a practice round that is like the others, or none. */
  public Pace(int rounds, Duration warmUp, Duration window, boolean practice) {
    this(rounds, warmUp, window, practice ? window : Duration.ZERO);
  }

  boolean practises() {
    return !practice.isZero();
  }
}
