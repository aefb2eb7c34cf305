package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Image;
import dev.watchhub.protocol.Item;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the latest live row of every key in one transaction. */
final class TableLoad {
  private static final int FETCH_ROWS = 5_000;

  private TableLoad() {}

  /**
   * Loads the table.
   *
   * @param session left with autocommit on
   * @param snapshotName an exported snapshot to read, or empty for one of now
   */
  static Image load(Connection session, Optional<String> snapshotName) throws SQLException {
    session.setAutoCommit(false);
    try (Statement statement = session.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      if (snapshotName.isPresent()) {
        statement.execute(
            "SET TRANSACTION SNAPSHOT " + statement.enquoteLiteral(snapshotName.get()));
      }
      statement.setFetchSize(FETCH_ROWS);
      List<Item> items = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              """
              SELECT * FROM (
                SELECT DISTINCT ON (key) key, value, revision, tombstone, create_time,
                  coalesce(create_revision, revision) AS create_revision,
                  coalesce(version, 1) AS version, author, note
                FROM config ORDER BY key DESC, revision DESC) latest
              WHERE NOT tombstone
              """)) {
        while (rows.next()) {
          items.add(item(rows));
        }
      }
      session.commit();
      return Image.of(items);
    } finally {
      session.setAutoCommit(true);
    }
  }

  private static Item item(ResultSet row) throws SQLException {
    String value = row.getString("value");
    return new Item(
        row.getString("key"),
        value == null ? "" : value, // a live row without a value, written round the functions
        row.getLong("revision"),
        row.getLong("create_revision"),
        row.getLong("version"),
        row.getLong("create_time"),
        row.getString("author"),
        row.getString("note"));
  }
}
