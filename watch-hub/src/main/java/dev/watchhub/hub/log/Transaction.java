package dev.watchhub.hub.log;

import dev.watchhub.protocol.Position;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One committed transaction.
 *
 * @param position its end
 * @param committedAt null when it is not known
 * @param xid its 64-bit transaction id, as the rows have it; 0 when they do not say
 * @param rows what it inserted, in order, not empty
 */
public record Transaction(
    Position position, @Nullable Instant committedAt, long xid, List<Row> rows) {
  public Transaction {
    rows = List.copyOf(rows);
  }
}
