package dev.watchhub.hub.log;

import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Change.Prev;

/**
 * One change of a commit in the log, beside its bytes: one object, since a log holds very many.
 *
 * @param revision of its row
 * @param byHub whether the hub's relay announces it
 * @param prev what the key held before
 */
public record LoggedChange(String key, Op op, long revision, boolean byHub, Prev prev) {
  private static final Prev NOT_KNOWN = new Prev(null, 0, false);

  /** Stands for rows of {@code key} that are missing; only its key means anything. */
  static LoggedChange missing(String key) {
    return new LoggedChange(key, Op.PUT, 0, false, NOT_KNOWN);
  }
}
