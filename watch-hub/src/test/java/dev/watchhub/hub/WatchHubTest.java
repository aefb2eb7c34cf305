package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Change.Prev;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.protocol.WatchEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A hub over a real server, watched over real sockets. */
final class WatchHubTest {
  private HubDatabase database;
  private WatchHub hub;

  @BeforeEach
  void start(TestInfo test) throws SQLException {
    database = HubDatabase.create(PostgresServer.shared(), test.getTestMethod().get().getName());
    database.set("/routes/a", "1");
    hub = database.startHub();
  }

  @AfterEach
  void stop() throws SQLException {
    hub.close();
    database.close();
  }

  @Test
  void sendsASnapshotAndThenEveryCommit() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "?prefix=/routes/")) {
      assertThat(watch.snapshot())
          .extracting(Item::key, Item::value)
          .containsExactly(tuple("/routes/a", "1"));
      long second = database.set("/routes/b", "2");
      database.set("/elsewhere/x", "unseen");
      long third = database.del("/routes/a");
      assertThat(watch.commit().changes())
          .extracting(Change::op, c -> c.item().key(), c -> c.item().revision())
          .containsExactly(tuple(Op.PUT, "/routes/b", second));
      assertThat(watch.commit().changes())
          .extracting(Change::op, c -> c.item().key(), c -> c.item().revision())
          .containsExactly(tuple(Op.DELETE, "/routes/a", third));
    }
  }

  @Test
  void keepsTheChangesOfATransactionTogether() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "?prefix=/routes/&prev=true");
        Connection other = database.connect()) {
      watch.snapshot();
      other.setAutoCommit(false);
      HubDatabase.set(other, "/routes/a", "2");
      HubDatabase.set(other, "/hidden/x", "x");
      HubDatabase.set(other, "/routes/c", "3");
      other.commit();
      Commit commit = watch.commit();
      assertThat(commit.changes())
          .extracting(c -> c.item().key())
          .containsExactly("/routes/a", "/routes/c");
      assertThat(commit.changes())
          .extracting(Change::prev)
          .containsExactly(new Prev("1", 1, true), new Prev(null, 0, true));
    }
  }

  @Test
  void resumesAfterAPosition() throws SQLException {
    String since;
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      since = watch.lastId();
    }
    database.set("/routes/b", "2");
    database.set("/routes/c", "3");
    try (WatchStream watch = WatchStream.open(hub.port(), "?since=" + since)) {
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/routes/b");
      since = watch.lastId();
    }
    try (WatchStream watch = WatchStream.open(hub.port(), "?since=garbage", since)) {
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/routes/c");
      watch.next(WatchEvent.Bookmark.class);
    }
  }

  @Test
  void isReadyOnlyWhenTheStreamHasPassedTheLoad() throws SQLException {
    database.set("/busy", "first");
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      while (!(watch.next() instanceof WatchEvent.Bookmark)) {} // the slot holds a heartbeat then
    }
    hub.close();
    database.execute("SELECT count(set('/busy', i::text)) FROM generate_series(1, 100) i");
    try (Connection writer = database.connect()) {
      for (int i = 1; i <= 2_000; i++) {
        HubDatabase.set(writer, "/busy", "backlog " + i);
      }
    }
    hub = database.startHubUnready();
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      assertThat(watch.snapshot()).extracting(Item::value).contains("backlog 2000");
      long last = database.set("/busy", "last");
      assertThat(watch.commit().changes()).extracting(c -> c.item().revision()).containsOnly(last);
    }
  }

  @Test
  void servesAnOldPositionAfterARestart() throws SQLException {
    String since;
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      database.set("/routes/b", "2");
      watch.commit();
      since = watch.lastId();
    }
    database.set("/routes/c", "3");
    String end = database.query("SELECT pg_current_wal_insert_lsn()").orElseThrow();
    Awaitility.await("the hub has told the server how far it has come")
        .until(
            () ->
                database
                    .query(
                        """
                        SELECT 1 FROM pg_stat_replication r
                        JOIN pg_replication_slots s ON s.active_pid = r.pid
                        WHERE s.slot_name = '%s' AND r.write_lsn > '%s'
                        """
                            .formatted(database.source().slot(), end))
                    .isPresent());
    hub.close();
    database.del("/routes/a");
    hub = database.startHub();
    try (WatchStream watch = WatchStream.open(hub.port(), "", since)) {
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/routes/c");
      Change deleted = watch.commit().changes().get(0);
      assertThat(deleted.op()).isEqualTo(Op.DELETE);
      assertThat(deleted.item().key()).isEqualTo("/routes/a");
    }
    assertThat(WatchStream.get(hub.port(), "/kv?prefix=/routes/"))
        .contains("/routes/b", "/routes/c")
        .doesNotContain("/routes/a");
  }

  @Test
  void followsCommitOrderWhereRevisionsDoNot() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "?prefix=/routes/");
        Connection slow = database.connect()) {
      watch.snapshot();
      slow.setAutoCommit(false);
      long early = HubDatabase.set(slow, "/routes/slow", "s");
      long late = database.set("/routes/fast", "f");
      assertThat(watch.commit().changes().get(0).item().revision()).isEqualTo(late);
      slow.commit();
      assertThat(watch.commit().changes().get(0).item().revision()).isEqualTo(early);
      assertThat(early).isLessThan(late);
    }
  }

  @Test
  void resetsAPositionThatItCannotGoOnFrom() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      String here = watch.lastId();
      String otherCluster = "f" + here.substring(1);
      String otherTimeline = here.substring(0, 17) + "0000000f" + here.substring(25);
      String beyond = here.substring(0, 26) + "7fffffffffffffff";
      String long_ago = here.substring(0, 26) + "0000000000000001";
      assertReset(otherCluster, ResetReason.CLUSTER);
      assertReset(otherTimeline, ResetReason.TIMELINE);
      assertReset(beyond, ResetReason.AHEAD);
      assertReset(long_ago, ResetReason.EXPIRED);
      assertThat(WatchStream.get(hub.port(), "/watch?onExpired=error&since=" + long_ago))
          .startsWith("410")
          .contains("\"oldest\":\"");
      assertThat(WatchStream.get(hub.port(), "/watch?snapshot=false&since=" + beyond))
          .startsWith("410")
          .contains("ahead");
    }
  }

  private void assertReset(String since, ResetReason reason) {
    try (WatchStream watch = WatchStream.open(hub.port(), "?since=" + since)) {
      assertThat(watch.next(WatchEvent.Reset.class).reason()).isEqualTo(reason);
      assertThat(watch.lastId()).isEmpty();
      assertThat(watch.snapshot()).hasSize(1);
    }
  }

  @Test
  void goesOnAfterItsConnectionsWereCut() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      database.execute(
          "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
              + database.source().slot()
              + "'");
      database.set("/routes/b", "2");
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/routes/b");
      database.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'watchhub'");
      database.set("/routes/c", "3");
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/routes/c");
    }
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    for (String query :
        List.of(
            "since=x",
            "prefix=routes",
            "key=/a/../b",
            "ops=patch",
            "snapshot=1",
            "prev=",
            "onExpired=never",
            "wait=maybe",
            "prefx=/a",
            "since=a&since=b")) {
      String name = query.substring(0, query.indexOf('='));
      assertThat(WatchStream.get(hub.port(), "/watch?" + query))
          .startsWith("400")
          .contains("\"field\":\"" + name + "\"");
    }
  }

  @Test
  void sendsBookmarksWhileNothingChanges() {
    try (WatchStream watch = WatchStream.open(hub.port(), "?snapshot=false&key=/routes/none")) {
      watch.next(WatchEvent.Bookmark.class);
      var first = watch.position();
      watch.next(WatchEvent.Bookmark.class);
      watch.next(WatchEvent.Bookmark.class);
      assertThat(watch.position().lsn()).isGreaterThan(first.lsn());
    }
  }
}
