package dev.watchhub.client;

import static dev.watchhub.client.WatcherChecks.awaitConvergence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The watcher of the database itself keeps the contract. */
@Tag("slow")
final class NotifyWatcherTest extends WatcherContract {
  @Override
  int[] peerPorts() {
    return new int[] {table.server().port()};
  }

  @Override
  Watcher start(int port, List<String> watched, WatchListener listener) {
    return Watcher.ofDatabase(url(port), table.schema(), watched, listener, faults);
  }

  static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  @Test
  void hearsOfAChangeThatNobodyAnnounced() throws SQLException {
    try (Watcher watcher = startAsking(prefix)) {
      awaitState(watcher, State.FOLLOWING);
      table.query("SELECT notify_mode('off')");
      table.set(prefix + "a", "1");
      awaitConvergence(recorder, table, prefix);
      assertThat(recorder.changes()).hasSize(1);
    } finally {
      table.query("SELECT notify_mode('trigger')");
    }
  }

  /** A watcher that hardly waits for a hint. */
  private Watcher startAsking(String watched) {
    return startAsking(gate.port(), List.of(watched), Duration.ofMillis(100));
  }

  private Watcher startAsking(int port, List<String> watched, Duration hintLimit) {
    return LoopWatcher.start(
        "notify-watcher",
        new NotifySource(url(port), table.schema(), watched, hintLimit, false),
        recorder,
        faults);
  }

  @Test
  void listensOnTheChannelOfEachPrefix() throws SQLException {
    String other = prefix.replaceFirst("/", "/other-");
    try (Watcher watcher = startAsking(gate.port(), List.of(prefix, other), Duration.ofDays(1))) {
      awaitState(watcher, State.FOLLOWING);
      table.set(other + "a", "1");
      awaitConvergence(recorder, table, other);
      table.set(prefix + "a", "1");
      await("both").atMost(LIMIT).until(() -> recorder.changes().size() == 2);
    }
  }

  @Test
  void asksWithoutAHintWhenOneOfItsPrefixesHasNoChannel() throws SQLException {
    try (Watcher watcher =
        startAsking(gate.port(), List.of(prefix, "/asks"), Duration.ofMillis(100))) {
      awaitState(watcher, State.FOLLOWING);
      assertThat(watcher.status().detail()).contains("'/asks'", "no channel in common");
      table.set("/asks-too/a", "1");
      await("the change").atMost(LIMIT).until(() -> !recorder.changes().isEmpty());
    }
  }

  @Test
  void asksWithoutAHintWhenItsKeysHaveNoChannelInCommon() throws SQLException {
    try (Watcher watcher = startAsking("/")) {
      awaitState(watcher, State.FOLLOWING);
      assertThat(watcher.status().detail()).contains("'/'", "no channel in common");
      table.set("/asks/a", "1");
      table.set("/without/b", "1");
      awaitConvergence(recorder, table, "/");
    }
  }

  @Test
  void waitsLongerForATableThatTakesLongToBeRead() throws SQLException {
    table.set(prefix + "a", "1");
    try (Connection busy = table.connect()) {
      busy.setAutoCommit(false);
      try (Statement statement = busy.createStatement()) {
        statement.execute("LOCK TABLE config IN ACCESS EXCLUSIVE MODE");
      }
      try (Watcher watcher = start()) {
        await("it waits for longer than it does at first")
            .atMost(LIMIT)
            .until(
                () ->
                    table.holds(
                        """
                        SELECT count(*) >= 2 AND max(query_start) < clock_timestamp() - interval '5 s'
                        FROM pg_stat_activity
                        WHERE application_name = 'watchhub-notify' AND wait_event_type = 'Lock'
                        """));
        busy.rollback();
        awaitState(watcher, State.FOLLOWING);
        awaitConvergence(recorder, table, prefix);
      }
    }
  }

  @Test
  void noticesAConnectionThroughWhichNothingComesAnyMore() throws SQLException {
    try (Watcher watcher = startAsking(prefix)) {
      awaitState(watcher, State.FOLLOWING);
      gate.silence();
      awaitState(watcher, State.DISCONNECTED);
      table.set(prefix + "a", "1");
      gate.speak();
      awaitConvergence(recorder, table, prefix);
    }
  }

  @Test
  void startsOverWithATokenThatTheDatabaseDoesNotTake() throws SQLException {
    table.set(prefix + "a", "1");
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      gate.shut();
      awaitState(watcher, State.DISCONNECTED);
      table.query("ALTER FUNCTION changes_since(text[], text) RENAME TO real_changes_since");
      table.query(
          """
          CREATE FUNCTION changes_since(prefixes text[], since text)
          RETURNS TABLE (
            token text, reset text, key text, value text, revision bigint, tombstone boolean,
            create_time bigint, create_revision bigint, version bigint, prev_revision bigint,
            author text, note text, txid bigint)
          LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
          BEGIN
            IF since IS NOT NULL THEN
              RAISE EXCEPTION 'invalid token' USING errcode = 'invalid_parameter_value';
            END IF;
            RETURN QUERY SELECT * FROM real_changes_since($1, $2);
          END $$
          """);
      table.set(prefix + "b", "2");
      gate.open();
      awaitConvergence(recorder, table, prefix);
      assertThat(recorder.snapshots()).hasSize(2);
    } finally {
      table.query("DROP FUNCTION changes_since(text[], text)");
      table.query("ALTER FUNCTION real_changes_since(text[], text) RENAME TO changes_since");
    }
  }

  @Test
  @EnabledIf("dev.watchhub.client.PgBouncer#isInstalled")
  void passesAPoolerInSessionMode(@TempDir Path directory) throws SQLException {
    try (PgBouncer pooler = PgBouncer.start(table.server().port(), "session", directory);
        Watcher watcher = startAsking(pooler.port(), List.of(prefix), Duration.ofDays(1))) {
      awaitState(watcher, State.FOLLOWING);
      table.set(prefix + "a", "1");
      awaitConvergence(recorder, table, prefix);
    }
    assertThat(recorder.states()).doesNotContain(State.DISCONNECTED);
  }

  @Test
  @EnabledIf("dev.watchhub.client.PgBouncer#isInstalled")
  void saysThatItCannotListenThroughATransactionPooler(@TempDir Path directory) {
    try (PgBouncer pooler = PgBouncer.start(table.server().port(), "transaction", directory);
        Watcher watcher = start(pooler.port(), prefix, recorder)) {
      awaitState(watcher, State.DISCONNECTED);
      assertThat(recorder.statuses())
          .filteredOn(status -> status.state() == State.DISCONNECTED)
          .first()
          .satisfies(status -> assertThat(status.detail()).contains("session mode"));
    }
    assertThat(recorder.snapshots()).isEmpty();
  }

  private String refusal(Watcher watcher) {
    awaitState(watcher, State.DISCONNECTED);
    return watcher.status().detail();
  }

  @Test
  void refusesAStandby() {
    try (PostgresServer standby = table.server().standby(table.server().port(), Map.of());
        Watcher watcher = start(standby.port(), prefix, recorder)) {
      assertThat(refusal(watcher)).contains("standby", "expected the URL of the primary");
    }
    assertThat(recorder.snapshots()).isEmpty();
  }

  @Test
  void saysWhatIsMissingInADatabaseWithoutTheSchema() {
    try (Watcher watcher =
        Watcher.ofDatabase(url(gate.port()), "no_such_schema", List.of(prefix), recorder, faults)) {
      assertThat(refusal(watcher))
          .contains("the schema no_such_schema has no table config", "./watchhub install");
    }
  }

  @Test
  void saysThatATableIsFromBeforeSeveralPrefixes() throws SQLException {
    table.query("ALTER FUNCTION changes_since(text[], text) RENAME TO hidden_changes_since");
    try (Watcher watcher = start()) {
      assertThat(refusal(watcher))
          .contains("no function changes_since(text[], text)", "./watchhub install");
    } finally {
      table.query("ALTER FUNCTION hidden_changes_since(text[], text) RENAME TO changes_since");
    }
  }

  @Test
  void saysThatNobodyAnnouncesChanges() throws SQLException {
    table.query("SELECT notify_mode('off')");
    try (Watcher watcher = startAsking(prefix)) {
      awaitState(watcher, State.FOLLOWING);
      assertThat(watcher.status().detail())
          .as("slow")
          .contains("notify mode off", "asks every 0.1 s");
      table.query("SELECT notify_mode('trigger')");
      awaitDetail(watcher, "the database");
      table.query("SELECT notify_mode('hub')");
      table.set(prefix + "a", "1");
      awaitConvergence(recorder, table, prefix);
      await("it says so")
          .atMost(LIMIT)
          .until(() -> watcher.status().detail().contains("without a notification"));
      table.query("SELECT notify_mode('trigger')");
      table.set(prefix + "a", "2");
      awaitConvergence(recorder, table, prefix);
      awaitDetail(watcher, "the database");
    } finally {
      table.query("SELECT notify_mode('trigger')");
    }
  }

  private static void awaitDetail(Watcher watcher, String detail) {
    await("it is " + detail).atMost(LIMIT).until(() -> watcher.status().detail().equals(detail));
  }
}
