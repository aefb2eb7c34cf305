package dev.watchhub.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.protocol.Filter;
import dev.watchhub.verify.Report;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.WatchGuarantees;
import dev.watchhub.verify.source.TableTruth;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Checks what a watcher told against the table, which is the truth. */
final class WatcherChecks {
  private static final Duration LIMIT = Duration.ofSeconds(25);

  private WatcherChecks() {}

  /** Waits until what was told adds up to what is live now. */
  static void awaitConvergence(Recorder recorder, TestTable table, String prefix) {
    await("what was told adds up to the table under " + prefix)
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(recorder.folded()).isEqualTo(table.live(prefix)));
  }

  /**
   * Checks that every row was told exactly once, in the order of its key, transactions whole.
   *
   * @param before the table before the watch
   */
  static void assertEveryChangeOnce(
      Recorder recorder, TestTable table, String prefix, TableTruth before) throws SQLException {
    try (Connection connection = table.connect()) {
      Truth truth = before.after(connection, false);
      Report report =
          WatchGuarantees.check(truth, List.of(recorder.history(Filter.prefix(prefix))));
      assertThat(report.violations()).isEmpty();
      assertThat(report.changes())
          .isEqualTo(truth.transactions().stream().mapToInt(t -> t.rows().size()).sum());
    }
  }
}
