package dev.watchhub.dataplane.routes;

import org.jspecify.annotations.Nullable;

/**
 * An upstream that routes refer to, by the last good value of its key.
 *
 * @param key such as {@code /upstreams/users}
 * @param revision of the row that it was read from
 * @param upstream its nodes
 * @param value as it stands in that row
 * @param deletedAt revision at which the key was deleted since; 0 when it was not
 */
public record SharedUpstream(
    String key, long revision, Upstream upstream, String value, long deletedAt) {
  /** Whether it is there only because routes that are served refer to it. */
  boolean isDeleted() {
    return deletedAt != 0;
  }

  SharedUpstream deleted(long atRevision) {
    return new SharedUpstream(key, revision, upstream, value, atRevision);
  }

  /** This one with the turns of {@code before}, if that has the same nodes. */
  SharedUpstream takingTurnsLike(@Nullable SharedUpstream before) {
    return before != null && upstream.equals(before.upstream)
        ? new SharedUpstream(key, revision, before.upstream, value, deletedAt)
        : this;
  }

  /** For the log. */
  @Override
  public String toString() {
    return key + " rev=" + revision + " nodes=" + upstream.text();
  }
}
