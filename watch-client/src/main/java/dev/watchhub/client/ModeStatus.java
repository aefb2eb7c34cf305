package dev.watchhub.client;

import java.time.Instant;

/**
 * Which way is followed.
 *
 * @param mode the one that is followed now
 * @param chosen the one that was asked for; another than {@code mode} while that is a fallback
 * @param since when {@code mode} took over, or when it was started
 */
public record ModeStatus(WatchMode mode, WatchMode chosen, Instant since) {
  /** Whether the mode is another than the one that was asked for, whose backend is lost. */
  public boolean isFallback() {
    return mode != chosen;
  }
}
