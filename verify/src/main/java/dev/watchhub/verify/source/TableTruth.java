package dev.watchhub.verify.source;

import dev.watchhub.protocol.Item;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.Truth.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table before some load, of which it says afterwards what the load has committed: the
 * transactions, and their order key by key. For where slots die.
 */
public final class TableTruth {
  private final String schema;
  private final String prefix;
  private final Map<String, Item> base = new HashMap<>();
  private final Set<Long> before = new HashSet<>();

  private TableTruth(String schema, String prefix) {
    this.schema = schema;
    this.prefix = prefix;
  }

  /**
   * Reads what is there before the load begins.
   *
   * @param schema an identifier
   * @param prefix of the keys that the load will write
   */
  public static TableTruth before(Connection connection, String schema, String prefix)
      throws SQLException {
    TableTruth table = new TableTruth(schema, prefix);
    for (Row row : table.rows(connection)) {
      table.before.add(row.item().revision());
      if (row.item().value() == null) {
        table.base.remove(row.item().key());
      } else {
        table.base.put(row.item().key(), row.item());
      }
    }
    return table;
  }

  /**
   * Reads what was committed since, while nobody writes.
   *
   * @param compacted whether rows may have been removed meanwhile
   */
  public Truth after(Connection connection, boolean compacted) throws SQLException {
    Map<Long, List<Item>> transactions = new LinkedHashMap<>();
    for (Row row : rows(connection)) {
      if (!before.contains(row.item().revision())) {
        transactions.computeIfAbsent(row.xid(), xid -> new ArrayList<>()).add(row.item());
      }
    }
    return Truth.unordered(
        base,
        transactions.entrySet().stream()
            .map(entry -> new Transaction(entry.getKey(), null, entry.getValue()))
            .toList(),
        !compacted);
  }

  private record Row(Item item, long xid) {}

  private List<Row> rows(Connection connection) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT key, value, revision, tombstone, create_time, create_revision, version,
              author, note, txid
            FROM %s.config WHERE starts_with(key, ?) ORDER BY revision
            """
                .formatted(Names.checked("schema", schema)))) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(new Row(RowItems.of(row::getString), row.getLong("txid")));
        }
      }
    }
    return rows;
  }
}
