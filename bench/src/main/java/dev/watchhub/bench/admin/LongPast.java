package dev.watchhub.bench.admin;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.servers.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A key that was written very often.
 *
 * @param oldest its first revision
 * @param newest its last revision
 */
record LongPast(long oldest, long newest) {
  static final String KEY = "/past/long";

  private static final int TRANSACTIONS = 10;

  /**
   * Writes it, by {@code set}.
   *
   * @param revisions how often, a multiple of 10
   */
  static LongPast write(Database database, int revisions) {
    int each = revisions / TRANSACTIONS;
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < TRANSACTIONS; i++) {
        statement.execute(
            "select count(set('%s', repeat('v', 190) || n)) from generate_series(%d, %d) n"
                .formatted(KEY, i * each + 1, (i + 1) * each));
      }
      statement.execute("vacuum analyze config");
      try (ResultSet row =
          statement.executeQuery(
              "select min(revision), max(revision), count(*) from config where key = '%s'"
                  .formatted(KEY))) {
        row.next();
        if (row.getLong(3) != revisions) {
          throw new BenchException(
              "%s has %d revisions: expected %d".formatted(KEY, row.getLong(3), revisions));
        }
        return new LongPast(row.getLong(1), row.getLong(2));
      }
    } catch (SQLException e) {
      throw new BenchException("the long past cannot be written: " + e.getMessage(), e);
    }
  }

  /** A revision between both ends: 0 is the oldest, 1 the newest. */
  long at(double place) {
    return oldest + Math.round((newest - oldest) * place);
  }
}
