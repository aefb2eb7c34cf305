package dev.watchhub.bench.harness;

import java.time.Duration;

/** An arm that is set up for one case. Used by one thread. */
public interface RunningArm extends AutoCloseable {
  /**
   * Puts the load on it for {@code window} and returns what was measured. Called twice: for the
   * warm-up, whose values are thrown away, and for the measurement.
   *
   * @throws BenchException when the measurement does not count, as when a watcher missed an event
   */
  Values measure(Duration window);

  /** Takes down what {@link Arm#start} set up. */
  @Override
  void close();
}
