package dev.watchhub.dataplane.routes;

import dev.watchhub.lifecycle.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;

/**
 * Logs what was applied: each change in a line, at once, as far as there are no more than {@value
 * #MAX_LINES} in a second; how many more there were stands in one line at the second's end.
 *
 * <p>Threading: {@link #applied} is called by the watcher's thread; the steps, each of which ends a
 * second, belong to another.
 */
final class AppliedLog implements Worker.Step {
  static final int MAX_LINES = 20;

  /** Changes without a line of their own. */
  private record Gathered(int changes, long greatestDelayMillis) {
    static final Gathered NONE = new Gathered(0, Long.MIN_VALUE);

    Gathered and(Gathered other) {
      return new Gathered(
          changes + other.changes, Math.max(greatestDelayMillis, other.greatestDelayMillis));
    }
  }

  private final Logger logger;
  private final AtomicInteger lines = new AtomicInteger();
  private final AtomicReference<Gathered> gathered = new AtomicReference<>(Gathered.NONE);

  AppliedLog(Logger logger) {
    this.logger = logger;
  }

  /**
   * Logs a commit.
   *
   * @param changes a line for each
   * @param greatestDelayMillis of any of them
   */
  void applied(List<String> changes, long greatestDelayMillis) {
    int more = 0;
    for (String change : changes) {
      if (lines.get() < MAX_LINES) {
        lines.incrementAndGet();
        logger.info(change);
      } else {
        more++;
      }
    }
    if (more > 0) {
      gathered.accumulateAndGet(new Gathered(more, greatestDelayMillis), Gathered::and);
    }
  }

  @Override
  public int poll() {
    lines.set(0);
    Gathered more = gathered.getAndSet(Gathered.NONE);
    if (more.changes > 0) {
      logger.info(
          "applied {} more changes within a second, watch_delay={} ms at most",
          more.changes,
          more.greatestDelayMillis);
    }
    return 0;
  }

  @Override
  public Duration pause() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void stop() {
    poll();
  }
}
