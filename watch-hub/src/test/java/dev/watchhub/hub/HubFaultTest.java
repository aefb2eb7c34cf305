package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.postgres.PostgresOptions;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.protocol.WatchEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A hub whose database fails, loses its slot, or is busy. */
@Tag("slow")
final class HubFaultTest {
  @TempDir private Path directory;

  private static String name(TestInfo test) {
    return test.getTestMethod().orElseThrow().getName();
  }

  @Test
  void goesOnOverACrashOfTheDatabase(TestInfo test) throws SQLException {
    try (PostgresServer server = PostgresServer.temporary(Map.of());
        HubDatabase before = HubDatabase.create(server, name(test));
        WatchHub hub = before.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      server.crash();
      server.restart();
      try (Connection writer = before.connect()) {
        HubDatabase.set(writer, "/after", "1");
      }
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/after");
    }
  }

  @Test
  void doesNotHoldUpAShutdownOfTheDatabase(TestInfo test) throws SQLException, IOException {
    PostgresServer server = PostgresServer.start(PostgresOptions.of(directory, 0));
    try (HubDatabase database = HubDatabase.create(server, name(test));
        WatchHub hub = database.startHub()) {
      for (int i = 0; i < 100; i++) {
        database.set("/key", "value " + i); // the hub keeps these, and does not confirm them
      }
      assertThat(hub.isReady()).isTrue();
      server.close();
      server = PostgresServer.start(PostgresOptions.of(directory, server.port()));
      HubDatabase.awaitReady(hub);
      assertThat(Files.readString(directory.resolve("postgres.log")))
          .contains("received fast shutdown request")
          .doesNotContain("received immediate shutdown request", "not properly shut down");
    } finally {
      server.close();
    }
  }

  @Test
  void waitsForASlotThatIsStillBeingMade(TestInfo test) throws Exception {
    try (HubDatabase database = HubDatabase.create(PostgresServer.shared(), name(test));
        Connection holder = database.connect()) {
      String slot = database.source().slot();
      holder.setAutoCommit(false);
      HubDatabase.set(holder, "/open", "1"); // the slot's creation waits for this to end
      CompletableFuture<Void> creation =
          CompletableFuture.runAsync(
              () -> {
                try {
                  database.query(
                      "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')"
                          .formatted(slot));
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
      Awaitility.await("the server makes the slot")
          .until(
              () ->
                  database
                      .query("SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                      .isPresent());
      try (WatchHub hub = database.startHubUnready()) {
        Awaitility.await("the hub says what it waits for")
            .until(() -> WatchStream.get(hub.port(), "/readyz").contains("still being made"));
        holder.commit();
        creation.join();
        HubDatabase.awaitReady(hub);
        assertThat(WatchStream.get(hub.port(), "/kv")).contains("/open");
      }
    }
  }

  @Test
  void leavesNoThreadBehindWhileAnotherHubHoldsItsSlot(TestInfo test) throws SQLException {
    try (HubDatabase database = HubDatabase.create(PostgresServer.shared(), name(test));
        WatchHub first = database.startHub()) {
      assertThat(first.isReady()).isTrue();
      try (WatchHub second = database.startHubUnready()) {
        Awaitility.await("the second hub has tried")
            .until(() -> WatchStream.get(second.port(), "/readyz").contains("is active"));
        assertThat(heartbeatThreads()).isEqualTo(1);
      }
    }
  }

  private static long heartbeatThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("hub-heartbeat"))
        .count();
  }

  @Test
  void survivesTheLossOfItsStreamWhileTheServerOwesAnAnswer(TestInfo test) throws Exception {
    try (HubDatabase database = HubDatabase.create(PostgresServer.shared(), name(test));
        WatchHub hub = database.startHub()) {
      String backend =
          database
              .query(
                  """
                  SELECT a.pid FROM pg_stat_activity a, pg_replication_slots s
                  WHERE s.slot_name = '%s' AND a.application_name = 'watchhub'
                    AND a.backend_start > (
                      SELECT backend_start FROM pg_stat_activity WHERE pid = s.active_pid)
                  ORDER BY a.backend_start LIMIT 1
                  """
                      .formatted(database.source().slot()))
              .orElseThrow();
      signal("-STOP", backend);
      try {
        Awaitility.await("the heartbeat waits for an answer")
            .until(
                () ->
                    Thread.getAllStackTraces().entrySet().stream()
                        .filter(thread -> thread.getKey().getName().equals("hub-heartbeat"))
                        .allMatch(
                            thread ->
                                Arrays.stream(thread.getValue())
                                    .anyMatch(
                                        frame -> frame.getClassName().endsWith(".Heartbeat"))));
        String reader = reader(database).orElseThrow();
        database.execute("SELECT pg_terminate_backend(" + reader + ")");
        Awaitility.await("the hub reads again")
            .until(() -> reader(database).filter(pid -> !pid.equals(reader)).isPresent());
      } finally {
        signal("-CONT", backend);
      }
      database.set("/after", "1");
      Awaitility.await("the hub goes on")
          .until(() -> WatchStream.get(hub.port(), "/kv").contains("/after"));
    }
  }

  private static Optional<String> reader(HubDatabase database) throws SQLException {
    return database.query(
        "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '%s'"
            .formatted(database.source().slot()));
  }

  private static void signal(String signal, String pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void startsWithoutAGapWhileOthersWrite(TestInfo test) throws Exception {
    try (HubDatabase database = HubDatabase.create(PostgresServer.shared(), name(test))) {
      database.startHub().close(); // leaves a slot
      AtomicBoolean stop = new AtomicBoolean();
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int writer = i;
        writers.add(CompletableFuture.runAsync(() -> write(database, writer, stop)));
      }
      try (WatchHub hub = database.startHub();
          WatchStream watch = WatchStream.open(hub.port(), "")) {
        Map<String, Long> folded = new TreeMap<>();
        watch.snapshot().forEach(item -> folded.put(item.key(), item.revision()));
        for (int i = 0; i < 500; i++) {
          fold(folded, watch);
        }
        stop.set(true);
        CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).join();
        database.set("/end", "end");
        while (!folded.containsKey("/end")) {
          fold(folded, watch);
        }
        assertThat(folded).isEqualTo(database.live());
      } finally {
        stop.set(true);
      }
    }
  }

  private static void fold(Map<String, Long> folded, WatchStream watch) {
    watch
        .commit()
        .changes()
        .forEach(
            change -> {
              Item item = change.item();
              Long before = folded.get(item.key());
              assertThat(before == null || before < item.revision()).as("rising").isTrue();
              if (item.value() == null) {
                folded.remove(item.key());
              } else {
                folded.put(item.key(), item.revision());
              }
            });
  }

  private static void write(HubDatabase database, int writer, AtomicBoolean stop) {
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      for (int i = 0; !stop.get(); i++) {
        HubDatabase.set(connection, "/shared/" + i % 7, "w" + writer);
        HubDatabase.set(connection, "/own/" + writer + "/" + i % 5, "v" + i);
        if (i % 5 == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      }
    } catch (SQLException e) {
      if (!"40P01".equals(e.getSQLState())) { // a deadlock is the writers' own affair
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void sendsALargeCommitWholeAndSurvivesOneThatIsTooLarge(TestInfo test) throws SQLException {
    LogBounds bounds = new LogBounds(8 << 20, Duration.ofMinutes(10), 256L << 20);
    try (HubDatabase database = HubDatabase.create(PostgresServer.shared(), name(test));
        WatchHub hub = database.startHub(bounds);
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      database.execute(bulk("/fits/", 5_000));
      assertThat(watch.commit().changes()).hasSize(5_000);
      database.execute(bulk("/bursts/", 50_000));
      assertThat(watch.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.EXPIRED);
      assertThat(watch.snapshot().stream().collect(Collectors.groupingBy(i -> i.key().charAt(1))))
          .hasEntrySatisfying('f', fits -> assertThat(fits).hasSize(5_000))
          .hasEntrySatisfying('b', bursts -> assertThat(bursts).hasSize(50_000));
      database.set("/next", "1");
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/next");
    }
  }

  private static String bulk(String prefix, int rows) {
    return """
    INSERT INTO config(key, value, create_revision, version, prev_revision)
    SELECT '%s' || i, repeat('x', 100), 0, 1, 0 FROM generate_series(1, %d) i
    """
        .formatted(prefix, rows);
  }
}
