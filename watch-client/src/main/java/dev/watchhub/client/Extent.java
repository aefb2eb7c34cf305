package dev.watchhub.client;

import dev.watchhub.protocol.Position;
import org.jspecify.annotations.Nullable;

/**
 * How far in the commit order that which was told reaches.
 *
 * @param complete every commit up to here was told; null when that is not known
 * @param bound no commit beyond here was told; it also names the cluster and the timeline
 * @param token what {@code changes_since} gave out, of which everything was told; null when the
 *     database was not asked
 */
record Extent(@Nullable Position complete, Position bound, @Nullable String token) {
  /** Everything up to {@code position} and nothing beyond it. */
  static Extent exactly(Position position) {
    return new Extent(position, position, null);
  }

  /**
   * Everything that {@code token} has seen, and nothing beyond {@code bound}; what comes before
   * that may still be missing.
   */
  static Extent within(Position bound, String token) {
    return new Extent(null, bound, token);
  }

  /** The same for those who are told; null when there is nothing to tell. */
  @Nullable Reached reached() {
    if (complete != null) {
      return Reached.at(complete);
    }
    return token == null ? null : Reached.seenBy(token);
  }

  /** Whether both are of one database cluster; true when one of them is not known. */
  static boolean sameCluster(@Nullable Extent a, @Nullable Extent b) {
    return a == null || b == null || a.bound.cluster() == b.bound.cluster();
  }

  /** The order of their timelines; 0 when one of them is not known. */
  static int compareTimelines(@Nullable Extent a, @Nullable Extent b) {
    return a == null || b == null
        ? 0
        : Integer.compareUnsigned(a.bound.timeline(), b.bound.timeline());
  }

  /** Whether all that {@code other} can hold was told, on the same timeline. */
  boolean includes(@Nullable Extent other) {
    return complete != null
        && other != null
        && sameCluster(this, other)
        && compareTimelines(this, other) == 0
        && complete.lsn().compareTo(other.bound.lsn()) >= 0;
  }

  /** The extent of what this one holds with that which {@code other} holds, told by one alone. */
  Extent boundedWith(@Nullable Extent other) {
    if (other == null || !sameCluster(this, other) || compareTimelines(this, other) != 0) {
      return this;
    }
    return other.bound.lsn().compareTo(bound.lsn()) > 0
        ? new Extent(complete, other.bound, token)
        : this;
  }
}
