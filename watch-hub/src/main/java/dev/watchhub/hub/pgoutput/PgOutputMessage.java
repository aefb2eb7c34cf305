package dev.watchhub.hub.pgoutput;

import dev.watchhub.protocol.Lsn;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of the pgoutput plugin, protocol version 1, without streaming of open transactions.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/18/protocol-logicalrep-message-formats.html">logical
 *     replication message formats</a>
 */
public sealed interface PgOutputMessage {
  /**
   * Opens a transaction.
   *
   * @param finalLsn position of the commit record, known before the first change arrives
   * @param commitTime commit time, microsecond precision
   * @param xid 32-bit transaction id, unsigned
   */
  record Begin(Lsn finalLsn, Instant commitTime, int xid) implements PgOutputMessage {}

  /**
   * Ends a transaction.
   *
   * @param commitLsn position of the commit record
   * @param endLsn first byte after the transaction
   */
  record Commit(Lsn commitLsn, Lsn endLsn, Instant commitTime) implements PgOutputMessage {}

  /** The transaction was first committed at another server. */
  record Origin(Lsn commitLsn, String name) implements PgOutputMessage {}

  /**
   * Describes a table before its first row of a session, and again after it was altered.
   *
   * @param replicaIdentity {@code d}, {@code n}, {@code f} or {@code i}
   */
  record Relation(int id, String namespace, String name, char replicaIdentity, List<Column> columns)
      implements PgOutputMessage {
    public Relation {
      columns = List.copyOf(columns);
    }
  }

  /**
   * One column of a {@link Relation}.
   *
   * @param inKey whether it is a part of the replica identity
   * @param typeId OID of its type
   * @param typeModifier {@code atttypmod}, -1 for none
   */
  record Column(boolean inKey, String name, int typeId, int typeModifier) {}

  /** Names a type that is not built in. */
  record Type(int id, String namespace, String name) implements PgOutputMessage {}

  /** A new row, all published columns in relation order. */
  record Insert(int relationId, Tuple row) implements PgOutputMessage {}

  /**
   * A changed row.
   *
   * @param old its replica identity or its whole old row; null when neither was sent
   */
  record Update(int relationId, @Nullable Tuple old, Tuple row) implements PgOutputMessage {}

  /** A removed row, by its replica identity or whole. */
  record Delete(int relationId, Tuple old) implements PgOutputMessage {}

  /**
   * Tables that were emptied.
   *
   * @param options 1 for CASCADE, 2 for RESTART IDENTITY, 3 for both
   */
  record Truncate(List<Integer> relationIds, int options) implements PgOutputMessage {
    public Truncate {
      relationIds = List.copyOf(relationIds);
    }
  }

  /**
   * What {@code pg_logical_emit_message} wrote.
   *
   * @param transactional whether it belongs to the open transaction; one that does not may come
   *     between transactions only
   * @param lsn where it stands in the write-ahead log
   * @param prefix who it is for
   * @param content UTF-8 here, by agreement of those who share the prefix
   */
  record LogicalMessage(boolean transactional, Lsn lsn, String prefix, String content)
      implements PgOutputMessage {}

  /**
   * The values of one row in relation order.
   *
   * @param values text form of each column; {@code null} is SQL NULL, or a value out of line that
   *     an update left as it was
   */
  record Tuple(List<@Nullable String> values) {}
}
