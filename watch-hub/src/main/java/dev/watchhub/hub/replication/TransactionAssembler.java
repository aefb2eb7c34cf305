package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.pgoutput.PgOutputMessage;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Begin;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Commit;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Insert;
import dev.watchhub.hub.pgoutput.PgOutputMessage.LogicalMessage;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Relation;
import dev.watchhub.protocol.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of one session together to transactions. One thread only.
 *
 * <p>Changes other than inserts are passed over: the publication publishes none, but what was
 * logged while it was altered may still come.
 */
final class TransactionAssembler {
  /** Whom our logical messages are for. */
  static final String PREFIX = "watchhub";

  private static final int ROW_OVERHEAD_BYTES = 256; // objects around a row

  private final long maxBytes;
  private final Map<Integer, ConfigColumns> relations = new HashMap<>();
  private @Nullable Begin open;
  private List<Row> rows = new ArrayList<>();
  private long bytes;
  private long xid; // as the first row has it
  private @Nullable Map<String, Item> latest; // instead of rows, once they are too many
  private @Nullable String heartbeat;

  /**
   * An assembler between transactions.
   *
   * @param maxBytes of a transaction's rows in memory; of a larger one only the last row of each
   *     key is kept
   */
  TransactionAssembler(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes the next message; returns what it completes. */
  Optional<Assembled> accept(PgOutputMessage message) {
    if (message instanceof Begin begin) {
      open = begin;
      rows = new ArrayList<>();
      bytes = 0;
      xid = 0;
      latest = null;
      heartbeat = null;
    } else if (message instanceof Relation relation) {
      boolean again = relations.put(relation.id(), ConfigColumns.of(relation)) != null;
      return Optional.of(new Assembled.Described(again));
    } else if (message instanceof Insert insert) {
      add(row(insert));
    } else if (message instanceof LogicalMessage logical && logical.prefix().equals(PREFIX)) {
      if (!logical.transactional()) {
        return Optional.of(new Assembled.Heartbeat(logical.lsn(), logical.content()));
      }
      heartbeat = logical.content();
    } else if (message instanceof Commit commit) {
      return end(commit);
    }
    return Optional.empty();
  }

  private void add(Row row) {
    Item item = row.item();
    Map<String, Item> overrun = latest;
    if (overrun != null) {
      overrun.put(item.key(), item);
      return;
    }
    rows.add(row);
    bytes += bytes(row);
    if (bytes > maxBytes) {
      Map<String, Item> kept = new HashMap<>();
      rows.forEach(each -> kept.put(each.item().key(), each.item()));
      latest = kept;
      rows = new ArrayList<>();
    }
  }

  /** Memory that a row takes, roughly. */
  static long bytes(Row row) {
    Item item = row.item();
    return (long) ROW_OVERHEAD_BYTES
        + item.key().length()
        + length(item.value())
        + length(item.note());
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  private Row row(Insert insert) {
    ConfigColumns columns = relations.get(insert.relationId());
    if (columns == null || open == null) {
      throw new IllegalStateException("a row before its relation or outside of a transaction");
    }
    if (xid == 0) {
      xid = columns.xid(insert.row());
    }
    return columns.row(insert.row());
  }

  private Optional<Assembled> end(Commit commit) {
    if (open == null) {
      throw new IllegalStateException("a commit without a begin");
    }
    open = null;
    if (latest != null) {
      return Optional.of(new Assembled.Overrun(commit.endLsn(), xid, latest.values()));
    }
    if (!rows.isEmpty()) {
      return Optional.of(
          new Assembled.Inserted(commit.endLsn(), commit.commitTime(), xid, rows, bytes));
    }
    return Optional.ofNullable(heartbeat)
        .map(content -> new Assembled.Heartbeat(commit.endLsn(), content));
  }
}
