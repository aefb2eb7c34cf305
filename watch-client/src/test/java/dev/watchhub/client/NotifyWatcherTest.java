package dev.watchhub.client;

import static dev.watchhub.client.WatcherChecks.awaitConvergence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.client.WatchStatus.State;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The watcher of the database itself keeps the contract. */
final class NotifyWatcherTest extends WatcherContract {
  @Override
  int[] peerPorts() {
    return new int[] {table.server().port()};
  }

  @Override
  Watcher start(int port, String watched, WatchListener listener) {
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
    return LoopWatcher.start(
        "notify-watcher",
        new NotifySource(url(gate.port()), table.schema(), watched, Duration.ofMillis(100), false),
        recorder,
        faults);
  }

  @Test
  void asksWithoutAHintWhenItsKeysHaveNoChannelInCommon() throws SQLException {
    try (Watcher watcher = startAsking("/")) {
      awaitState(watcher, State.FOLLOWING);
      table.set("/asks/a", "1");
      table.set("/without/b", "1");
      awaitConvergence(recorder, table, "/");
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
      table.query("ALTER FUNCTION changes_since(text, text) RENAME TO real_changes_since");
      table.query(
          """
          CREATE FUNCTION changes_since(prefix text, since text)
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
      table.query("DROP FUNCTION changes_since(text, text)");
      table.query("ALTER FUNCTION real_changes_since(text, text) RENAME TO changes_since");
    }
  }
}
