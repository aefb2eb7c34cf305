package dev.watchhub.hub.log;

import dev.watchhub.protocol.Item;

/**
 * One row of the table, as it was inserted.
 *
 * @param prevRevision revision of the key's row before this one; 0 when there was none, {@link
 *     #UNKNOWN} when the writer went round the functions and did not say
 * @param byHub whether the hub's relay announces it: it is stamped so
 */
public record Row(Item item, long prevRevision, boolean byHub) {
  /** A {@code prevRevision} that says nothing. */
  public static final long UNKNOWN = -1;
}
