package dev.watchhub.hub.fanout;

import java.util.Arrays;

/**
 * Where in the log the latest commits lie that match one filter, so that nobody has to look at
 * those between. Bounded: the oldest are forgotten. One thread only.
 */
final class Matches {
  private static final int FIRST_CAPACITY = 4;
  private static final int MAX_COUNT = 4096;

  private long[] sequences = new long[FIRST_CAPACITY]; // rising
  private int first;
  private int end;
  private long knownFrom;

  /** No match yet; every one from {@code knownFrom} on will be added. */
  Matches(long knownFrom) {
    this.knownFrom = knownFrom;
  }

  /** Adds the place of a match, above all that were added, or the last of them again. */
  void add(long sequence) {
    if (end > first && sequences[end - 1] == sequence) {
      return;
    }
    if (end - first == MAX_COUNT) {
      knownFrom = sequences[first] + 1;
      first++;
    }
    if (end == sequences.length) {
      int count = end - first;
      long[] target = count * 2 > sequences.length ? new long[count * 2] : sequences;
      System.arraycopy(sequences, first, target, 0, count);
      sequences = target;
      first = 0;
      end = count;
    }
    sequences[end++] = sequence;
  }

  /** Forgets all; every match from {@code from} on will be added. */
  void restart(long from) {
    first = 0;
    end = 0;
    knownFrom = from;
  }

  /** Whether all matches at or after {@code sequence} are here. */
  boolean isKnownFrom(long sequence) {
    return sequence >= knownFrom;
  }

  /** The first match at or after {@code from}, or {@code limit} if there is none before that. */
  long next(long from, long limit) {
    int found = Arrays.binarySearch(sequences, first, end, from);
    int at = found >= 0 ? found : -found - 1;
    return at < end ? Math.min(sequences[at], limit) : limit;
  }
}
