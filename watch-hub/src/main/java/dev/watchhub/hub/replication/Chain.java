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
    Item item = row.item();
    if (held == null) {
      boolean beginsLife = row.prevRevision() == 0 || item.version() == 1;
      return row.prevRevision() == Row.UNKNOWN || beginsLife;
    }
    return item.revision() > held.revision()
        && (row.prevRevision() == Row.UNKNOWN || row.prevRevision() == held.revision());
  }
}
