package dev.watchhub.controlplane.store;

import org.jspecify.annotations.Nullable;

/**
 * Which rows may go; exactly one of these is not null. The latest row of a key that is there never
 * may.
 *
 * @param beforeRevision what no read as of this revision or a later one needs
 * @param beforeMillis rows that were replaced before this time, in ms since the epoch, and older
 *     tombstones
 * @param keepRows all but so many rows of each key, from 1
 */
public record CompactionRule(
    @Nullable Long beforeRevision, @Nullable Long beforeMillis, @Nullable Long keepRows) {
  /** What no read as of {@code revision} or a later one needs. */
  public static CompactionRule beforeRevision(long revision) {
    return new CompactionRule(revision, null, null);
  }

  /** What was replaced or deleted before a time, in ms since the epoch. */
  public static CompactionRule beforeTime(long epochMillis) {
    return new CompactionRule(null, epochMillis, null);
  }

  /** All but the value that each key has now. */
  public static CompactionRule toLatest() {
    return beforeRevision(Long.MAX_VALUE);
  }

  /** All but the newest {@code rows} rows of each key. */
  public static CompactionRule keeping(long rows) {
    return new CompactionRule(null, null, rows);
  }
}
