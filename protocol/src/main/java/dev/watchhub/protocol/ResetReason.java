package dev.watchhub.protocol;

import java.util.Locale;
import java.util.Optional;

/** Why a watch could not go on from where it was. */
public enum ResetReason {
  /** The position is older than what the hub still holds. */
  EXPIRED,
  /** The position is of another timeline: the database was failed over or restored since. */
  TIMELINE,
  /** The position is of another database cluster. */
  CLUSTER,
  /** The position lies beyond the end of the database's write-ahead log. */
  AHEAD,
  /** The subscriber read too slowly and fell out of the hub's log. */
  LAGGED,
  /** Compaction removed rows that the watch had not seen. */
  COMPACTED;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /** The word for it in JSON. */
  public String wire() {
    return wire;
  }

  /** The reason of this {@link #wire} word; empty for any other. */
  public static Optional<ResetReason> ofWire(String word) {
    for (ResetReason reason : values()) {
      if (reason.wire.equals(word)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}
