package dev.watchhub.bench.latency;

import dev.watchhub.bench.harness.Case;

/** A rate of puts that does not give way. */
sealed interface LatencyCase extends Case {
  /** The same for every arm. */
  record Fixed(int perSecond) implements LatencyCase {
    @Override
    public String label() {
      return "%,d puts/s".formatted(perSecond);
    }
  }

  /**
   * A part of what the arm reaches flat out, which is measured before.
   *
   * @param percent from 1 to 99
   */
  record OfMaximum(int percent) implements LatencyCase {
    @Override
    public String label() {
      return percent + " % of each arm's maximum";
    }
  }
}
