package dev.watchhub.bench.proxy;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What became of the requests of one window.
 *
 * @param count answers as they should be
 * @param failed requests that had no answer, or another one
 * @param why one of them failed; null where none did
 * @param seconds from the first request to the last answer
 * @param nanos from each request to the end of its answer
 */
record Answers(long count, long failed, @Nullable String why, double seconds, Histogram nanos) {
  double perSecond() {
    return count / seconds;
  }
}
