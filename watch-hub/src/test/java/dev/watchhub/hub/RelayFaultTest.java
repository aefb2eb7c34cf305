package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.postgresql.PGConnection;

/** The relay, on a server whose commits can be held up, and which crashes. */
@Tag("slow")
final class RelayFaultTest {
  private PostgresServer server;
  private HubDatabase database;
  private Listener listener;

  @BeforeEach
  void start(TestInfo test) throws SQLException {
    server = PostgresServer.temporary(Map.of());
    database = HubDatabase.create(server, test.getTestMethod().get().getName());
    database.query("SELECT notify_mode('hub')");
    listener = Listener.on(database, "routes");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** From now on a commit is on disk, and waits; others do not see it. */
  private void holdUpCommits() throws SQLException {
    database.execute("SET synchronous_commit = local"); // what the test itself does is not held up
    database.execute("ALTER SYSTEM SET synchronous_standby_names = 'missing'");
    reload("missing");
  }

  private void letCommitsGo() throws SQLException {
    database.execute("ALTER SYSTEM RESET synchronous_standby_names");
    reload("");
  }

  private void reload(String expected) throws SQLException {
    database.execute("SELECT pg_reload_conf()");
    Awaitility.await("the setting is read")
        .until(
            () -> database.query("SHOW synchronous_standby_names").orElseThrow().equals(expected));
  }

  /** Writes on a connection of its own; done when the commit is. */
  private CompletableFuture<Void> commit(Connection writer, String sql) {
    return CompletableFuture.runAsync(
        () -> {
          try (var statement = writer.createStatement()) {
            statement.execute(sql);
          } catch (SQLException e) {
            throw new AssertionError(e);
          }
        });
  }

  private void awaitHeldUp(Connection writer) throws SQLException {
    int pid = writer.unwrap(PGConnection.class).getBackendPID();
    Awaitility.await("the commit is held up")
        .until(
            () ->
                database
                    .query(
                        "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = "
                            + pid)
                    .isPresent());
  }

  private boolean holdsNotifyLock(Connection writer) throws SQLException {
    return database
        .query(
            """
            SELECT 1 FROM pg_locks
            WHERE locktype = 'object' AND database = 0 AND classid = 1262 AND objid = 0
              AND mode = 'AccessExclusiveLock' AND granted AND pid = %d
            """
                .formatted(writer.unwrap(PGConnection.class).getBackendPID()))
        .isPresent();
  }

  @Test
  void aCommittingWriterHoldsTheNotifyLockInModeTriggerAndNotInModeHub() throws Exception {
    try (WatchHub hub = database.startHub();
        Connection writer = database.connect()) {
      assertThat(hub.isReady()).isTrue();
      for (String mode : List.of("trigger", "hub", "off")) {
        database.query("SELECT notify_mode('" + mode + "')");
        holdUpCommits();
        CompletableFuture<Void> commit = commit(writer, "SELECT set('/routes/a', 'x')");
        awaitHeldUp(writer);
        assertThat(holdsNotifyLock(writer)).as(mode).isEqualTo(mode.equals("trigger"));
        letCommitsGo();
        commit.get(20, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void announcesNothingThatOthersCannotSeeYet() throws Exception {
    try (WatchHub hub = database.startHub();
        Connection writer = database.connect();
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      holdUpCommits();
      CompletableFuture<Void> commit = commit(writer, "SELECT set('/routes/a', 'x')");
      assertThat(watch.commit().changes()).hasSize(1); // sent before it is visible
      Awaitility.await("the relay waits")
          .until(() -> WatchStream.get(hub.port(), "/status").contains("not visible"));
      database.execute("SELECT pg_notify('routes', '{\"key\":\"/marker\"}')");
      letCommitsGo();
      commit.get(20, TimeUnit.SECONDS);
      assertThat(listener.keysUntil("/routes/a")).containsExactly("/marker", "/routes/a");
    }
  }

  @Test
  void announcesACommitTooLargeForTheLogOnceOthersSeeIt() throws Exception {
    LogBounds small = new LogBounds(1 << 20, Duration.ofMinutes(10), 256L << 20);
    try (WatchHub hub = database.startHub(small);
        Connection writer = database.connect()) {
      database.set("/routes/first", "1");
      listener.until("/routes/first");
      holdUpCommits();
      CompletableFuture<Void> commit =
          commit(
              writer,
              """
              INSERT INTO config(key, value, create_revision, version, prev_revision, notify_mode)
              SELECT '/routes/' || i, repeat('x', 200), 0, 1, 0, 'hub' FROM generate_series(1, 5000) i
              """);
      awaitHeldUp(writer);
      Awaitility.await("the relay has read the table without it")
          .until(() -> database.query("SELECT position FROM config_relay").isEmpty());
      assertThat(hub.isReady()).isTrue();
      letCommitsGo();
      commit.get(20, TimeUnit.SECONDS);
      assertThat(listener.keysUntil("/routes/5000"))
          .isEqualTo(IntStream.rangeClosed(1, 5000).mapToObj(i -> "/routes/" + i).toList());
      Awaitility.await("the log leads again")
          .until(() -> database.query("SELECT position FROM config_relay").isPresent());
    }
  }

  @Test
  void leavesNoHoleWhenTheDatabaseCrashes() throws Exception {
    try (WatchHub hub = database.startHub()) {
      database.set("/routes/first", "1");
      listener.until("/routes/first");
      try (Connection blocker = database.connect()) {
        blocker.setAutoCommit(false);
        blocker.createStatement().execute("LOCK TABLE config_relay");
        for (int i = 0; i < 50; i++) {
          database.set("/routes/" + i, "1");
        }
        server.crash();
      }
      server.restart();
      Awaitility.await("what was written before the crash is announced after it")
          .atMost(Duration.ofSeconds(20))
          .until(() -> database.query(RelayTest.UNSETTLED).orElseThrow().equals("0"));
      assertThat(RelayTest.count(hub, "commits")).isGreaterThanOrEqualTo(51);
    }
  }
}
