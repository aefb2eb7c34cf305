package dev.watchhub.lifecycle;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next try: doubling from {@code first} to {@code limit}, jittered.
 *
 * <p>Immutable; a failure is answered with its successor, a healthy period with {@link #reset}.
 *
 * @param first delay after the first failure, positive
 * @param limit longest delay, not below {@code first}
 * @param failures failures in a row so far
 */
public record Backoff(Duration first, Duration limit, int failures) {
  public Backoff {
    if (first.isNegative() || first.isZero() || limit.compareTo(first) < 0) {
      throw new IllegalArgumentException("backoff from " + first + " to " + limit);
    }
  }

  /** A backoff without failures. */
  public static Backoff between(Duration first, Duration limit) {
    return new Backoff(first, limit, 0);
  }

  /** The backoff after one more failure. */
  public Backoff next() {
    return new Backoff(first, limit, failures == Integer.MAX_VALUE ? failures : failures + 1);
  }

  /** The backoff after a period without failure. */
  public Backoff reset() {
    return failures == 0 ? this : new Backoff(first, limit, 0);
  }

  /** The delay before the next try: between half of the doubled delay and the whole of it. */
  public Duration delay() {
    if (failures == 0) {
      return Duration.ZERO;
    }
    long longest = limit.toNanos();
    long whole = first.toNanos();
    for (int i = 1; i < failures && whole < longest; i++) {
      whole = whole > longest / 2 ? longest : whole * 2;
    }
    return Duration.ofNanos(whole / 2 + ThreadLocalRandom.current().nextLong(whole / 2 + 1));
  }
}
