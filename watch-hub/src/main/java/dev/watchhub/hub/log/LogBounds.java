package dev.watchhub.hub.log;

import java.time.Duration;

/**
 * How much a log keeps; whichever bound is reached first.
 *
 * @param maxBytes memory for commits, positive; a commit larger than this is not kept at all
 * @param maxAge of a commit since it arrived
 * @param maxWalBytes write-ahead log between the oldest commit and the newest position: the server
 *     keeps at least that much for the hub's slot
 */
public record LogBounds(long maxBytes, Duration maxAge, long maxWalBytes) {
  /** 64 MiB, 10 minutes, 256 MiB of write-ahead log. */
  public static final LogBounds DEFAULT =
      new LogBounds(64L << 20, Duration.ofMinutes(10), 256L << 20);
}
