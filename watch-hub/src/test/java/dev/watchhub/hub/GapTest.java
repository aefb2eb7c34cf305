package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.protocol.WatchEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A hub that misses a part of the stream, and what its subscribers see of that. */
final class GapTest {
  private HubDatabase database;
  private WatchHub hub;
  private WatchStream watch;

  @BeforeEach
  void start(TestInfo test) throws SQLException {
    String name = test.getTestMethod().orElseThrow().getName();
    database = HubDatabase.create(PostgresServer.shared(), name);
    hub = database.startHub();
    watch = WatchStream.open(hub.port(), "");
    watch.snapshot();
  }

  @AfterEach
  void stop() throws SQLException {
    watch.close();
    hub.close();
    database.close();
  }

  private static String keys(Commit commit) {
    return commit.changes().stream()
        .map(change -> change.op().wire() + " " + change.item().key())
        .collect(Collectors.joining(" "));
  }

  private String status() {
    return WatchStream.get(hub.port(), "/status");
  }

  @Test
  void fillsTheGapOfALostSlotFromTheTable() throws SQLException {
    database.set("/goes", "1");
    database.set("/stays", "1");
    watch.changesUntil(change -> change.item().key().equals("/stays"));
    String before = watch.lastId();
    try (Connection open = database.connect()) {
      open.setAutoCommit(false);
      HubDatabase.set(open, "/late/a", "1"); // the new slot waits for it
      database.loseSlot();
      database.del("/goes");
      database.set("/comes", "1");
      database.set("/comes", "2");
      database.del("/comes");
      HubDatabase.set(open, "/late/b", "2");
      Awaitility.await("the hub says what it waits for")
          .until(() -> WatchStream.get(hub.port(), "/readyz").contains("now for process"));
      open.commit();
    }
    List<String> told = new ArrayList<>();
    Commit commit = watch.commit();
    for (; commit.position() == null; commit = watch.commit()) {
      told.add(keys(commit));
    }
    assertThat(told).containsExactly("delete /goes", "put /comes", "put /comes", "delete /comes");
    assertThat(keys(commit)).isEqualTo("put /late/a put /late/b");
    database.set("/last", "3");
    assertThat(keys(watch.commit())).isEqualTo("put /last");
    assertThat(status()).contains("\"gapsFilled\":1,\"commitsFilled\":5,\"chainBreaks\":0");

    try (WatchStream resumed = WatchStream.open(hub.port(), "", before)) {
      assertThat(keys(resumed.commit())).isEqualTo("delete /goes");
    }
    Position end = commit.position();
    try (WatchStream resumed = WatchStream.open(hub.port(), "", end.toString())) {
      assertThat(keys(resumed.commit())).isEqualTo("put /last");
    }
    Position inside = end.at(new Lsn(end.lsn().value() - 1));
    try (WatchStream lost = WatchStream.open(hub.port(), "", inside.toString())) {
      assertThat(lost.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.EXPIRED);
    }
  }

  @Test
  void repeatsNothingWhenNothingWasWrittenInTheGap() throws SQLException {
    database.set("/a", "1");
    watch.commit();
    database.loseSlot();
    Awaitility.await("the gap is filled").until(() -> status().contains("\"gapsFilled\":1"));
    HubDatabase.awaitReady(hub);
    database.set("/b", "2");
    assertThat(keys(watch.commit())).isEqualTo("put /b");
  }

  @Test
  void resetsOnlyThoseWhoWatchAKeyOfWhichCompactionTookRows() throws SQLException {
    database.set("/compacted/a", "1");
    database.set("/whole/a", "1");
    watch.changesUntil(change -> change.item().key().equals("/whole/a"));
    try (WatchStream whole = WatchStream.open(hub.port(), "?prefix=/whole/");
        WatchStream compacted = WatchStream.open(hub.port(), "?prefix=/compacted/")) {
      whole.snapshot();
      compacted.snapshot();
      database.loseSlotDuring(
          () -> {
            database.set("/whole/a", "2");
            database.set("/compacted/a", "2");
            database.set("/compacted/a", "3");
            database.query("SELECT compact_to_latest('/compacted/')");
          });
      assertThat(compacted.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.COMPACTED);
      assertThat(compacted.snapshot()).extracting(Item::value).containsExactly("3");
      assertThat(keys(whole.commit())).isEqualTo("put /whole/a");
      database.del("/compacted/a");
      database.set("/whole/c", "1");
      assertThat(keys(compacted.commit())).isEqualTo("delete /compacted/a");
      assertThat(keys(whole.commit())).isEqualTo("put /whole/c");
    }
  }

  @Test
  void resetsThoseWhoWatchAKeyThatCompactionTookWhole() throws SQLException {
    database.set("/gone", "1");
    watch.commit();
    database.loseSlotDuring(
        () -> {
          database.del("/gone");
          database.query("SELECT compact_to_latest('/')");
        });
    assertThat(watch.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.COMPACTED);
    assertThat(watch.snapshot()).isEmpty();
    assertThat(WatchStream.get(hub.port(), "/kv/gone")).startsWith("404");
  }

  @Test
  void healsAKeyWhoseRowsDoNotFollowEachOther() throws SQLException {
    database.set("/key", "1");
    database.set("/other", "1");
    watch.changesUntil(change -> change.item().key().equals("/other"));
    try (WatchStream other = WatchStream.open(hub.port(), "?prefix=/other")) {
      other.snapshot();
      database.execute("INSERT INTO config (key, value, prev_revision) VALUES ('/key', '2', 77)");
      assertThat(watch.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.COMPACTED);
      assertThat(watch.snapshot()).extracting(Item::value).containsExactly("2", "1");
      assertThat(status()).contains("\"chainBreaks\":1");
      database.set("/key", "3");
      assertThat(keys(watch.commit())).isEqualTo("put /key");
      database.set("/other", "2");
      assertThat(keys(other.commit())).isEqualTo("put /other");
    }
  }

  @Test
  void takesAKeyThatComesBackAfterItsTombstoneWasCompacted() throws SQLException {
    database.set("/key", "1");
    database.del("/key");
    database.query("SELECT compact_to_latest('/')");
    database.set("/key", "2");
    watch.changesUntil(change -> "2".equals(change.item().value()));
    assertThat(status()).contains("\"chainBreaks\":0");
  }

  @Test
  void endsOnTheTableWhenAnOldRevisionIsInsertedDirectly() throws SQLException {
    database.set("/burned", "1");
    database.set("/key", "new");
    watch.changesUntil(change -> change.item().key().equals("/key"));
    database.execute("INSERT INTO config (key, value, revision) VALUES ('/key', 'old', 1)");
    assertThat(watch.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.COMPACTED);
    assertThat(watch.snapshot()).extracting(Item::value).containsExactly("1", "new");
  }

  @Test
  void tellsADirectInsertAndCountsIt() throws SQLException {
    database.set("/key", "1");
    watch.commit();
    database.execute("INSERT INTO config (key, value) VALUES ('/key', '2')");
    assertThat(keys(watch.commit())).isEqualTo("put /key");
    assertThat(status()).contains("\"chainBreaks\":0,\"directInserts\":1");
  }
}
