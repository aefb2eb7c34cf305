package dev.watchhub.controlplane.compaction;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is compacted by itself, and how long compaction waits for those who follow.
 *
 * @param retain how long a replaced or deleted value stays, from 1 s; null for ever
 * @param retainRevisions how many rows of each key stay, from 1; null for all
 * @param tombstoneWait how much longer a row stays that somebody who follows has not seen
 * @param every how long after the begin of a run the next one begins, whoever does it
 */
public record CompactionOptions(
    @Nullable Duration retain,
    @Nullable Long retainRevisions,
    Duration tombstoneWait,
    Duration every) {
  /** Nothing is compacted by itself. */
  public static final CompactionOptions OFF =
      new CompactionOptions(null, null, Duration.ofHours(1), Duration.ofMinutes(5));

  public CompactionOptions {
    if (retain != null && retain.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "values are retained for " + retain + "; expected 1 s or longer");
    }
    if (retainRevisions != null && retainRevisions < 1) {
      throw new IllegalArgumentException(
          "retained are " + retainRevisions + " revisions of a key; expected 1 or more");
    }
    if (tombstoneWait.isNegative() || every.isNegative() || every.isZero()) {
      throw new IllegalArgumentException(
          "compaction waits "
              + tombstoneWait
              + ", runs every "
              + every
              + "; expected no less than 0 and 1 ms");
    }
  }

  /** Whether anything is compacted by itself. */
  public boolean automatic() {
    return retain != null || retainRevisions != null;
  }
}
