package dev.watchhub.bench.subscribers;

import org.jspecify.annotations.Nullable;

/**
 * What the process of subscribers is told, as a line of JSON.
 *
 * @param opening for {@code OPEN} only
 */
record Command(What what, @Nullable Opening opening) {
  /** Each is answered by one line of JSON. */
  enum What {
    /** Answered by {@link System#nanoTime}. */
    CLOCK,
    /** Answered by {@link Progress}, at once. */
    OPEN,
    /** Answered by {@link Progress}. */
    PROGRESS,
    /** Answered by {@link Seen}. */
    SEEN,
    /** Answered by {@link Progress}. */
    FORGET,
    /** Answered by {@link Progress}. */
    CLOSE_ALL
  }
}
