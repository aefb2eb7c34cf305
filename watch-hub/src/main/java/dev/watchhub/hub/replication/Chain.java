package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Row;
import dev.watchhub.protocol.Item;
import org.jspecify.annotations.Nullable;

/** The rule that shows a missing row: each names the revision before it. */
final class Chain {
  private Chain() {}

  /**
   * Whether {@code row} can be the one that came next.
   *
   * @param held the key's latest row before; null when there is none, or it was a tombstone that is
   *     forgotten
   */
  static boolean continues(@Nullable Item held, Row row) {
    long prev = row.prevRevision();
    if (held == null) {
      return prev == 0 || prev == Row.UNKNOWN || row.item().version() == 1;
    }
    boolean follows =
        prev == held.revision()
            || prev == Row.UNKNOWN
            || (prev == 0 && held.value() == null); // compaction had taken the tombstone
    return follows && row.item().revision() > held.revision();
  }
}
