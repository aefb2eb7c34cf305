package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Row;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Something whole that came out of the stream. */
sealed interface Assembled {
  /**
   * One transaction that inserted rows, at least one.
   *
   * @param xid its 64-bit id, as the rows have it; 0 when they do not say
   * @param bytes of its rows in memory, roughly
   */
  record Inserted(Lsn end, Instant committedAt, long xid, List<Row> rows, long bytes)
      implements Assembled {}

  /**
   * One transaction that inserted more than a log can hold.
   *
   * @param xid its 64-bit id, as the rows have it; 0 when they do not say
   * @param latest the last row of each key
   */
  record Overrun(Lsn end, long xid, Collection<Item> latest) implements Assembled {}

  /**
   * The table was described: it or the publication may have been altered since the link began.
   *
   * @param again not for the first time on this link
   */
  record Described(boolean again) implements Assembled {}

  /**
   * A heartbeat of this hub or another.
   *
   * @param at everything before it in the write-ahead log has been seen
   */
  record Heartbeat(Lsn at, String content) implements Assembled {}
}
