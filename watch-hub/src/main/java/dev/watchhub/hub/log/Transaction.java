package dev.watchhub.hub.log;

import dev.watchhub.protocol.Position;
import java.time.Instant;
import java.util.List;

/**
 * One committed transaction.
 *
 * @param position its end
 * @param xid its 64-bit transaction id, as the rows have it; 0 when they do not say
 * @param rows what it inserted, in order, not empty
 */
public record Transaction(Position position, Instant committedAt, long xid, List<Row> rows) {
  public Transaction {
    rows = List.copyOf(rows);
  }
}
