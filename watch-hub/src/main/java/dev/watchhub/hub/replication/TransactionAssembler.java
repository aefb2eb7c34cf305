package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.pgoutput.PgOutputMessage;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Begin;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Commit;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Insert;
import dev.watchhub.hub.pgoutput.PgOutputMessage.LogicalMessage;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Relation;
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

  private final Map<Integer, ConfigColumns> relations = new HashMap<>();
  private @Nullable Begin open;
  private List<Row> rows = new ArrayList<>();
  private @Nullable String heartbeat;

  /** Takes the next message; returns what it completes. */
  Optional<Assembled> accept(PgOutputMessage message) {
    if (message instanceof Begin begin) {
      open = begin;
      rows = new ArrayList<>();
      heartbeat = null;
    } else if (message instanceof Relation relation) {
      relations.put(relation.id(), ConfigColumns.of(relation));
    } else if (message instanceof Insert insert) {
      rows.add(row(insert));
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

  private Row row(Insert insert) {
    ConfigColumns columns = relations.get(insert.relationId());
    if (columns == null || open == null) {
      throw new IllegalStateException("a row before its relation or outside of a transaction");
    }
    return columns.row(insert.row());
  }

  private Optional<Assembled> end(Commit commit) {
    if (open == null) {
      throw new IllegalStateException("a commit without a begin");
    }
    open = null;
    if (!rows.isEmpty()) {
      return Optional.of(new Assembled.Inserted(commit.endLsn(), commit.commitTime(), rows));
    }
    return Optional.ofNullable(heartbeat)
        .map(content -> new Assembled.Heartbeat(commit.endLsn(), content));
  }
}
