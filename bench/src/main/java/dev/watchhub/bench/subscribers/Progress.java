package dev.watchhub.bench.subscribers;

import org.jspecify.annotations.Nullable;

/**
 * How far the opening of subscribers is.
 *
 * @param open streams that have begun and not ended
 * @param pending not connected yet, or not answered
 * @param failed could not connect, or were refused
 * @param firstFailure why; null when none failed
 */
public record Progress(int open, int pending, int failed, @Nullable String firstFailure) {
  static final Progress NONE = new Progress(0, 0, 0, null);

  Progress plus(Progress other) {
    return new Progress(
        open + other.open,
        pending + other.pending,
        failed + other.failed,
        firstFailure == null ? other.firstFailure : firstFailure);
  }
}
