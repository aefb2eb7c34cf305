package dev.watchhub.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.TestTable.Row;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks what a watcher told against the table, which is the truth. */
final class WatchGuarantees {
  private static final Duration LIMIT = Duration.ofSeconds(25);

  private WatchGuarantees() {}

  /** Waits until what was told adds up to what is live now. */
  static void awaitConvergence(Recorder recorder, TestTable table, String prefix) {
    await("what was told adds up to the table under " + prefix)
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(recorder.folded()).isEqualTo(table.live(prefix)));
  }

  /**
   * Checks that every row was told exactly once, in the order of its key, transactions whole.
   *
   * @param before the rows that were there before the watch
   */
  static void assertEveryChangeOnce(
      Recorder recorder, TestTable table, String prefix, List<Row> before) throws SQLException {
    List<Row> expected = table.rows(prefix);
    expected.removeAll(before);
    Map<Long, Row> rows = new HashMap<>();
    expected.forEach(row -> rows.put(row.revision(), row));

    Set<Long> told = new HashSet<>();
    Map<String, Long> last = new HashMap<>();
    Set<Long> ended = new HashSet<>();
    for (Commit commit : recorder.commits()) {
      Set<Long> transactions = new HashSet<>();
      for (Change change : commit.changes()) {
        String key = change.item().key();
        long revision = change.item().revision();
        assertThat(key).startsWith(prefix);
        Row row = rows.get(revision);
        if (row == null) {
          throw new AssertionError(revision + " of " + key + " is no row of the table");
        }
        assertThat(told.add(revision)).as("%s of %s told once", revision, key).isTrue();
        assertThat(last.getOrDefault(key, 0L)).as("order of %s", key).isLessThan(revision);
        last.put(key, revision);
        transactions.add(row.txid());
      }
      assertThat(ended).as("transactions told before").doesNotContainAnyElementsOf(transactions);
      ended.addAll(transactions);
    }
    assertThat(told).as("revisions told").containsExactlyInAnyOrderElementsOf(rows.keySet());
  }
}
