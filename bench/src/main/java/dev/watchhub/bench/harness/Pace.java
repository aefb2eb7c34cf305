package dev.watchhub.bench.harness;

import java.time.Duration;

/**
 * How often and how long.
 *
 * @param rounds at least 1
 * @param warmUp before each measurement, on the same arm and case; thrown away
 * @param window length of each measurement
 * @param practice whether a whole round is made first and thrown away, which takes the JIT
 *     compilers of all processes over their slow beginning
 */
public record Pace(int rounds, Duration warmUp, Duration window, boolean practice) {
  public Pace {
    if (rounds < 1) {
      throw new BenchException("rounds is " + rounds + ": expected a number from 1 on");
    }
  }
}
