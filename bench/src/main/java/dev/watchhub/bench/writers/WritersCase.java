package dev.watchhub.bench.writers;

import dev.watchhub.bench.harness.Case;
import java.time.Duration;

/**
 * So many writers, each as fast as it can.
 *
 * @param flushDelay how much longer each flush takes
 */
record WritersCase(int writers, Duration flushDelay) implements Case {
  @Override
  public String label() {
    String label = writers == 1 ? "1 writer" : writers + " writers";
    return flushDelay.isZero() ? label : label + ", flushes " + millis() + " ms longer";
  }

  private String millis() {
    return String.valueOf(flushDelay.toNanos() / 1e6).replaceAll("\\.0$", "");
  }
}
