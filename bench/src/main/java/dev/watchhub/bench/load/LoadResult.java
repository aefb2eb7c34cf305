package dev.watchhub.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What the writers saw.
 *
 * @param count acknowledged puts
 * @param seconds from the first begun to the last acknowledged
 * @param commitNanos from the call to its return
 * @param lagNanos how late puts were begun, against their schedule; empty when there was none
 */
public record LoadResult(long count, double seconds, Histogram commitNanos, Histogram lagNanos) {
  /** Acknowledged puts a second. */
  public double perSecond() {
    return count / seconds;
  }
}
