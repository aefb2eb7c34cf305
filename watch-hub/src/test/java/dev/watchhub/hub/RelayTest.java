package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.WatchEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The relay of a hub, as plain LISTENing clients hear it. */
@Tag("slow")
final class RelayTest {
  private static final String LONG = "x".repeat(70);

  /** How many rows of the relay its record does not have, and one more without a position. */
  static final String UNSETTLED =
      """
      SELECT count(*) FROM config_relay LEFT JOIN config
        ON notify_mode = 'hub' AND NOT pg_visible_in_snapshot(txid::text::xid8, horizon)
      WHERE position IS NULL OR key IS NOT NULL
      """;

  private HubDatabase database;
  private Listener listener;

  @BeforeEach
  void start(TestInfo test) throws SQLException {
    database = HubDatabase.create(PostgresServer.shared(), test.getTestMethod().get().getName());
    mode("hub");
    listener = Listener.on(database, "routes", "flags", channel("/" + LONG + "/a"));
  }

  @AfterEach
  void stop() throws SQLException {
    listener.close();
    database.close();
  }

  private void mode(String mode) throws SQLException {
    database.query("SELECT notify_mode('" + mode + "')");
  }

  private String channel(String key) throws SQLException {
    return database.query("SELECT notify_channel('" + key + "')").orElseThrow();
  }

  static long count(WatchHub hub, String what) {
    String status = WatchStream.get(hub.port(), "/status");
    return Long.parseLong(status.replaceAll("(?s).*\"relay\":.*?\"" + what + "\":(\\d+).*", "$1"));
  }

  private void awaitSettled() {
    Awaitility.await("the record has all that was announced")
        .until(() -> database.query(UNSETTLED).orElseThrow().equals("0"));
  }

  private List<String> write(String prefix, int count) throws SQLException {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(prefix + i);
      database.set(prefix + i, "value " + i);
    }
    return keys;
  }

  @Test
  void announcesWhatTheTriggerWouldByteForByte() throws SQLException {
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      List<List<String>> heard = new ArrayList<>();
      for (String mode : List.of("trigger", "hub")) {
        mode(mode);
        database.set("/routes/a", "it's \"ä\" \\ \t \uD83D\uDE00");
        database.set("/routes/b", "ä".repeat(20_000));
        database.set("/routes/nested/key", "v".repeat(7_800));
        database.set("/" + LONG + "/a", "");
        database.del("/routes/a");
        database.set("/flags/end", mode);
        heard.add(
            listener.until("/flags/end").stream()
                .map(line -> line.replaceAll("\"(revision|create_time)\":\\d+", "\"$1\":N"))
                .map(line -> line.replace(mode, "M"))
                .toList());
      }
      assertThat(heard.get(1).equals(heard.get(0))).as("alike").isTrue();
      assertThat(heard.get(1)).hasSize(6);
    }
  }

  @Test
  void announcesManyCommitsInFewTransactionsInTheirOrder() throws SQLException {
    try (WatchHub hub = database.startHub();
        Connection blocker = database.connect()) {
      database.set("/routes/first", "1");
      listener.until("/routes/first");
      awaitSettled();
      long commits = count(hub, "commits");
      long transactions = count(hub, "transactions");
      blocker.setAutoCommit(false);
      blocker.createStatement().execute("LOCK TABLE config_relay IN ACCESS EXCLUSIVE MODE");
      List<String> keys = write("/routes/", 500);
      Awaitility.await("the hub has read them")
          .until(() -> WatchStream.get(hub.port(), "/kv/routes/499").startsWith("200"));
      blocker.rollback();
      assertThat(listener.keysUntil("/routes/499")).isEqualTo(keys);
      Awaitility.await("all are counted").until(() -> count(hub, "commits") == commits + 500);
      assertThat(count(hub, "transactions")).isLessThanOrEqualTo(transactions + 4);
    }
  }

  @Test
  void followsCommitOrderWhereRevisionsDoNot() throws SQLException {
    try (WatchHub hub = database.startHub();
        Connection slow = database.connect()) {
      assertThat(hub.isReady()).isTrue();
      slow.setAutoCommit(false);
      HubDatabase.set(slow, "/routes/early", "1");
      HubDatabase.set(slow, "/routes/early2", "1");
      database.set("/routes/late", "2");
      assertThat(listener.keysUntil("/routes/late")).containsExactly("/routes/late");
      slow.commit();
      assertThat(listener.keysUntil("/routes/early2"))
          .containsExactly("/routes/early", "/routes/early2");
    }
  }

  @Test
  void announcesATransactionThatStraddlesASwitchOnce() throws SQLException {
    try (WatchHub hub = database.startHub();
        Connection open = database.connect()) {
      assertThat(hub.isReady()).isTrue();
      open.setAutoCommit(false);
      List<String> heard = new ArrayList<>();
      for (String to : List.of("trigger", "hub", "off", "hub")) {
        HubDatabase.set(open, "/routes/before-" + to, "1");
        mode(to);
        HubDatabase.set(open, "/routes/after-" + to, "1");
        open.commit();
        mode("trigger");
        database.set("/flags/end", "trigger");
        mode("hub");
        database.set("/flags/end2", "hub");
        heard.addAll(listener.keysUntil("/flags/end2"));
        mode(to);
      }
      heard.removeIf(key -> key.startsWith("/flags"));
      assertThat(heard)
          .containsExactlyInAnyOrder(
              "/routes/before-trigger",
              "/routes/after-trigger",
              "/routes/before-hub",
              "/routes/after-hub",
              "/routes/before-off",
              "/routes/after-hub");
    }
  }

  @Test
  void leavesNoHoleWhenItsSessionIsKilled() throws SQLException {
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        keys.addAll(write("/routes/" + i + "/", 30));
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'watchhub-relay'");
      }
      List<String> heard = listener.keysUntil("/routes/9/29");
      assertThat(heard).containsSubsequence(keys);
    }
  }

  @Test
  void goesOnAfterARestartOfTheHubWithFewRepeats() throws SQLException {
    try (WatchHub hub = database.startHub()) {
      write("/routes/before", 20);
      listener.until("/routes/before19");
      awaitSettled();
      assertThat(hub.isReady()).isTrue();
    }
    List<String> keys = write("/routes/between", 20);
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      assertThat(listener.keysUntil("/routes/between19")).isEqualTo(keys);
    }
  }

  @Test
  void announcesWhatWasWrittenBeforeTheFirstHub() throws SQLException {
    List<String> keys = write("/routes/", 5);
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      assertThat(listener.keysUntil("/routes/4")).isEqualTo(keys);
    }
  }

  @Test
  void fillsFromTheTableWhatALostSlotDidNotKeep() throws SQLException {
    try (WatchHub hub = database.startHub()) {
      write("/routes/before", 20);
      listener.until("/routes/before19");
      awaitSettled();
      assertThat(hub.isReady()).isTrue();
    }
    database.loseSlot();
    List<String> keys = write("/routes/between", 3_000);
    mode("off");
    database.set("/routes/quiet", "not announced");
    mode("hub");
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      assertThat(listener.keysUntil("/routes/between2999")).isEqualTo(keys);
      database.set("/routes/after", "1");
      assertThat(listener.keysUntil("/routes/after")).containsExactly("/routes/after");
    }
  }

  @Test
  void announcesTheFilledGapOfASlotThatWasLostWhileItRan() throws SQLException {
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      database.set("/routes/before", "1");
      listener.until("/routes/before");
      List<String> keys = new ArrayList<>();
      database.loseSlotDuring(() -> keys.addAll(write("/routes/", 1_500)));
      database.set("/routes/after", "1");
      keys.add("/routes/after");
      assertThat(listener.keysUntil("/routes/after")).isEqualTo(keys);
      assertThat(WatchStream.get(hub.port(), "/status")).contains("\"gapsFilled\":1");
    }
  }

  @Test
  void passesOverRowsThatCompactionTook() throws SQLException {
    database.set("/routes/a", "1");
    database.set("/routes/a", "2");
    database.query("SELECT compact_to_latest()");
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      assertThat(listener.until("/routes/a")).singleElement().asString().contains("\"2\"");
    }
  }

  @Test
  void startsFromNowWhereTheRecordIsOfAnotherCluster() throws SQLException {
    database.set("/routes/restored", "1");
    database.execute("UPDATE config_relay SET cluster = '1'");
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      awaitSettled();
      database.set("/routes/new", "1");
      assertThat(listener.keysUntil("/routes/new")).containsExactly("/routes/new");
    }
  }

  @Test
  void announcesATransactionThatWasOpenWhenTheTableWasRead() throws SQLException {
    database.startHub().close();
    database.execute("UPDATE config_relay SET position = NULL");
    try (Connection open = database.connect()) {
      open.setAutoCommit(false);
      HubDatabase.set(open, "/routes/open", "1");
      try (WatchHub hub = database.startHub()) {
        assertThat(hub.isReady()).isTrue();
        database.set("/routes/other", "1");
        assertThat(listener.keysUntil("/routes/other")).containsExactly("/routes/other");
        assertThat(database.query("SELECT position FROM config_relay")).isEmpty();
        open.commit();
        assertThat(listener.keysUntil("/routes/open")).containsExactly("/routes/open");
        awaitSettled();
      }
    }
  }

  private static void awaitHeartbeats(WatchStream watch) {
    for (int i = 0; i < 3; i++) {
      watch.next(WatchEvent.Bookmark.class);
    }
  }

  @Test
  void leavesTheRecordAloneWhileNothingIsToRelay() throws SQLException {
    try (WatchHub hub = database.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "?snapshot=false&key=/none")) {
      database.set("/routes/a", "1");
      listener.until("/routes/a");
      awaitSettled();
      awaitHeartbeats(watch); // after which it has settled for good
      String place = database.query("SELECT ctid FROM config_relay").orElseThrow();
      mode("off");
      write("/routes/off", 50);
      awaitHeartbeats(watch);
      assertThat(database.query("SELECT ctid FROM config_relay")).contains(place);
    }
  }

  @Test
  void worksOnWithoutTheRightsOfARelayAndSaysWhatIsMissing() throws SQLException {
    String schema = database.source().schema();
    database.execute(
        """
        CREATE ROLE relayless LOGIN REPLICATION;
        GRANT USAGE ON SCHEMA %1$s TO relayless;
        GRANT SELECT ON config TO relayless
        """
            .formatted(schema));
    try (WatchHub hub = database.startHub("relayless");
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      Awaitility.await("the status says it")
          .until(
              () ->
                  WatchStream.get(hub.port(), "/status")
                      .contains(
                          "run GRANT SELECT, UPDATE ON " + schema + ".config_relay TO relayless;"));
      watch.snapshot();
      database.set("/routes/a", "1");
      assertThat(watch.commit().changes()).hasSize(1);
    } finally {
      database.execute("DROP OWNED BY relayless; DROP ROLE relayless");
    }
  }

  @Test
  void saysThatTheSchemaIsTooOldForARelay() throws SQLException {
    database.execute("DROP TABLE config_relay");
    try (WatchHub hub = database.startHub()) {
      Awaitility.await("the status says it")
          .until(() -> WatchStream.get(hub.port(), "/status").contains("run ./watchhub install"));
    }
  }

  @Test
  void relaysOnceWhereTwoHubsRunAndTheSecondTakesOver() throws SQLException {
    WatchHub first = database.startHub();
    try (WatchHub second = database.startSecondHub()) {
      try (first) {
        List<String> keys = write("/routes/a", 50);
        assertThat(listener.keysUntil("/routes/a49")).isEqualTo(keys);
        Awaitility.await("one waits")
            .until(
                () ->
                    Stream.of(first, second)
                            .filter(
                                hub ->
                                    WatchStream.get(hub.port(), "/status")
                                        .contains("another hub relays"))
                            .count()
                        == 1);
        awaitSettled();
      }
      List<String> more = write("/routes/b", 50);
      assertThat(listener.keysUntil("/routes/b49")).isEqualTo(more);
    }
  }

  @Test
  void hearsAllOfManyWriters() throws Exception {
    try (WatchHub hub = database.startHub()) {
      assertThat(hub.isReady()).isTrue();
      List<Thread> writers =
          IntStream.range(0, 4)
              .mapToObj(
                  w ->
                      new Thread(
                          () -> {
                            try (Connection own = database.connect()) {
                              for (int i = 0; i < 200; i++) {
                                HubDatabase.set(own, "/routes/" + w + "-" + i, "v");
                              }
                            } catch (SQLException e) {
                              throw new AssertionError(e);
                            }
                          }))
              .toList();
      writers.forEach(Thread::start);
      for (Thread writer : writers) {
        writer.join();
      }
      database.set("/flags/end", "1");
      List<String> heard = listener.keysUntil("/flags/end");
      assertThat(heard).doesNotHaveDuplicates().hasSize(801);
    }
  }
}
