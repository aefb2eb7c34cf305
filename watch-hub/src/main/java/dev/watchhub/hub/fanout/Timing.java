package dev.watchhub.hub.fanout;

import java.time.Duration;

/**
 * When subscribers hear from the hub although nothing changed, and when it gives them up.
 *
 * @param bookmarkEvery longest time between two bookmarks
 * @param commentEvery time between two comment lines
 * @param writeDeadline a subscriber that takes not even one piece of a write, 128 KiB at most, in
 *     this long is cut off
 */
public record Timing(Duration bookmarkEvery, Duration commentEvery, Duration writeDeadline) {
  /** 10 s, 15 s, 30 s. */
  public static final Timing DEFAULT =
      new Timing(Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(30));
}
