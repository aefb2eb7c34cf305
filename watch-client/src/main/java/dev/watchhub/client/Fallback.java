package dev.watchhub.client;

import dev.watchhub.client.SwitchRefusedException.Reason;
import dev.watchhub.lifecycle.Worker;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows in another mode while the chosen one is away.
 *
 * <p>The chosen one is away when it was not followed for {@code away} without a break, and it is
 * there again when it was followed in the background for {@code away} without a break. So one that
 * comes and goes causes one change in twice that time at most, and one that goes sooner than it
 * would be trusted causes none.
 */
final class Fallback implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(Fallback.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration BACKGROUND = Duration.ofMinutes(1);

  private final SwitchingWatcher watcher;
  private final WatchMode mode;
  private final SwitchLimits limits;
  private String warned = "";

  Fallback(SwitchingWatcher watcher, WatchMode mode, SwitchLimits limits) {
    this.watcher = watcher;
    this.mode = mode;
    this.limits = limits;
  }

  @Override
  public int poll() {
    ModeStatus now = watcher.mode();
    try {
      if (now.isFallback()) {
        watcher.divertTo(now.chosen(), BACKGROUND, limits.away());
      } else if (now.chosen() != mode && watcher.lostFor().compareTo(limits.away()) >= 0) {
        String lost = watcher.status().detail();
        watcher.divertTo(mode, limits.reach(), Duration.ZERO);
        warned = "";
        LOG.warn("watch mode {} stands in for {}: {}", mode.word(), now.chosen().word(), lost);
      }
    } catch (SwitchRefusedException e) {
      if (e.reason() == Reason.UNREACHABLE && !now.isFallback()) {
        warnOnce(String.valueOf(e.getMessage()));
      }
    }
    return 0;
  }

  private void warnOnce(String reason) {
    if (!reason.equals(warned)) {
      warned = reason;
      LOG.warn("watch mode {} cannot stand in: {}", mode.word(), reason);
    }
  }

  @Override
  public Duration pause() {
    return LOOK_EVERY;
  }
}
