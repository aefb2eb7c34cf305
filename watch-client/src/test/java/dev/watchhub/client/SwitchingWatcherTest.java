package dev.watchhub.client;

import static dev.watchhub.client.WatcherChecks.awaitConvergence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.SwitchRefusedException.Reason;
import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Change;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a change of the mode does when one of both ways is not there. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SwitchingWatcherTest {
  private static final Duration LIMIT = Duration.ofSeconds(25);
  private static final SwitchLimits SHORT =
      new SwitchLimits(
          Duration.ofSeconds(1),
          Duration.ofSeconds(20),
          Duration.ofMillis(300),
          Duration.ofMillis(700));

  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
  private final Faults faults = (component, cause) -> fault.set(cause);
  private TestTable table;
  private TestHub hub;
  private Gate toHub;
  private Gate toDatabase;
  private String prefix;
  private Recorder recorder;

  @BeforeAll
  void open() throws SQLException {
    table = TestTable.create(PostgresServer.shared(), "switchingwatchertest");
    hub = TestHub.start(table, faults);
  }

  @AfterAll
  void close() throws SQLException {
    hub.close();
    table.close();
  }

  @BeforeEach
  void openGates(TestInfo test) {
    toHub = Gate.to(hub.port());
    toDatabase = Gate.to(table.server().port());
    prefix = "/" + test.getTestMethod().orElseThrow().getName() + "/";
    recorder = new Recorder();
    fault.set(null);
  }

  @AfterEach
  void closeGates() {
    toHub.close();
    toDatabase.close();
    assertThat(fault.get()).isNull();
    assertThat(Threads.of("hub-watcher", "notify-watcher", "watch-fallback")).isEmpty();
  }

  private Gate gate(WatchMode mode) {
    return mode == WatchMode.REPLICATION ? toHub : toDatabase;
  }

  private static WatchMode other(WatchMode mode) {
    return mode == WatchMode.REPLICATION ? WatchMode.NOTIFY : WatchMode.REPLICATION;
  }

  private WatchBackends backends() {
    return new WatchBackends(
        URI.create("http://127.0.0.1:" + toHub.port()),
        NotifyWatcherTest.url(toDatabase.port()),
        table.schema(),
        List.of(prefix));
  }

  private SwitchingWatcher start(WatchMode first, @Nullable WatchMode fallback) {
    SwitchingWatcher watcher =
        SwitchingWatcher.start(backends(), first, fallback, SHORT, recorder, faults);
    await("it follows").atMost(LIMIT).until(() -> watcher.status().state() == State.FOLLOWING);
    return watcher;
  }

  private void awaitMode(SwitchingWatcher watcher, WatchMode mode) {
    await("mode " + mode).atMost(LIMIT).until(() -> watcher.mode().mode() == mode);
  }

  @ParameterizedTest
  @EnumSource
  void goesOnAndSaysWhyWhenTheOtherCannotBeReached(WatchMode mode) throws Exception {
    table.set(prefix + "a", "1");
    try (SwitchingWatcher watcher = start(mode, null)) {
      gate(other(mode)).shut();
      CompletableFuture<Void> asked = switchTo(watcher, other(mode));
      await("it is being tried").atMost(LIMIT).until(() -> gate(other(mode)).turnedAwayCount() > 0);
      table.set(prefix + "a", "2");
      awaitConvergence(recorder, table, prefix);
      assertRefused(asked, Reason.UNREACHABLE, mode == WatchMode.NOTIFY ? "http" : "connection");
      assertThat(watcher.mode().mode()).isEqualTo(mode);
      assertThat(watcher.mode().isFallback()).isFalse();
      table.set(prefix + "a", "3");
      awaitConvergence(recorder, table, prefix);
      gate(other(mode)).open();
      watcher.switchTo(other(mode));
      assertThat(watcher.mode().mode()).isEqualTo(other(mode));
      table.set(prefix + "a", "4");
      awaitConvergence(recorder, table, prefix);
    }
    assertThat(recorder.changes())
        .filteredOn(change -> !"1".equals(change.item().value())) // in the snapshot, or just after
        .hasSize(3);
    assertThat(recorder.snapshots()).hasSize(1);
  }

  private static CompletableFuture<Void> switchTo(SwitchingWatcher watcher, WatchMode mode) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            watcher.switchTo(mode);
          } catch (SwitchRefusedException e) {
            throw new CompletionException(e);
          }
        });
  }

  private static void assertRefused(CompletableFuture<Void> asked, Reason reason, String why) {
    assertThatThrownBy(asked::join)
        .cause()
        .isInstanceOfSatisfying(
            SwitchRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @EnumSource
  void tellsTheDifferenceWhenTheActiveOneIsLost(WatchMode mode) throws Exception {
    for (String key : new String[] {"stays", "changes", "goes", "is compacted", "comes back"}) {
      table.set(prefix + key, "1");
    }
    try (SwitchingWatcher watcher = start(mode, null)) {
      awaitConvergence(recorder, table, prefix);
      int before = recorder.commits().size(); // what the snapshot came too early for
      gate(mode).shut();
      table.del(prefix + "is compacted");
      table.set(prefix + "changes", "2");
      table.query("SELECT compact_to_latest('" + prefix + "')");
      table.set(prefix + "changes", "3");
      table.del(prefix + "goes");
      table.del(prefix + "comes back");
      table.set(prefix + "comes back", "2");
      table.set(prefix + "is new", "1");
      watcher.switchTo(other(mode));
      assertThat(watcher.status().state()).isEqualTo(State.FOLLOWING);
      assertThat(recorder.folded()).isEqualTo(table.live(prefix));
      assertThat(recorder.commits()).hasSize(before + 1);
      assertThat(recorder.commits().get(before).changes())
          .extracting(change -> change.op().wire() + change.item().key().substring(prefix.length()))
          .containsExactlyInAnyOrder(
              "putchanges", "deletegoes", "deleteis compacted", "putcomes back", "putis new");
      table.del(prefix + "stays");
      table.set(prefix + "is compacted", "again");
      awaitConvergence(recorder, table, prefix);
    }
    assertThat(recorder.changes()).extracting(Change::item).doesNotHaveDuplicates();
    assertThat(recorder.snapshots()).hasSize(1);
  }

  @Test
  void tellsASnapshotWhereNothingWasToldYet() throws Exception {
    table.set(prefix + "a", "1");
    toHub.shut();
    try (SwitchingWatcher watcher =
        SwitchingWatcher.start(backends(), WatchMode.REPLICATION, null, SHORT, recorder, faults)) {
      watcher.switchTo(WatchMode.NOTIFY);
      assertThat(recorder.folded()).isEqualTo(table.live(prefix));
    }
    assertThat(recorder.snapshots()).hasSize(1);
  }

  @Test
  void refusesAModeThatIsNotConfiguredAndNamesTheOption() throws Exception {
    WatchBackends noDatabase =
        new WatchBackends(backends().hub(), null, table.schema(), List.of(prefix));
    try (SwitchingWatcher watcher =
        SwitchingWatcher.start(noDatabase, WatchMode.REPLICATION, null, SHORT, recorder, faults)) {
      assertThatThrownBy(() -> watcher.switchTo(WatchMode.NOTIFY))
          .isInstanceOf(SwitchRefusedException.class)
          .hasMessageContaining("--jdbc-url");
      watcher.switchTo(WatchMode.REPLICATION);
    }
    WatchBackends noHub =
        new WatchBackends(null, backends().jdbcUrl(), table.schema(), List.of(prefix));
    try (SwitchingWatcher watcher =
        SwitchingWatcher.start(noHub, WatchMode.NOTIFY, null, SHORT, recorder, faults)) {
      assertThatThrownBy(() -> watcher.switchTo(WatchMode.REPLICATION))
          .isInstanceOf(SwitchRefusedException.class)
          .hasMessageContaining("--hub");
    }
    assertThatThrownBy(
            () ->
                SwitchingWatcher.start(
                    noDatabase, WatchMode.REPLICATION, WatchMode.NOTIFY, recorder, faults))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--jdbc-url");
  }

  @Test
  void refusesTheDatabaseOfAnotherCluster() throws Exception {
    table.set(prefix + "a", "1");
    try (PostgresServer foreign = PostgresServer.temporary(Map.of());
        TestTable its = TestTable.create(foreign, table.schema());
        SwitchingWatcher watcher =
            SwitchingWatcher.start(
                new WatchBackends(
                    backends().hub(), foreign.jdbcUrl(), table.schema(), List.of(prefix)),
                WatchMode.REPLICATION,
                null,
                SHORT,
                recorder,
                faults)) {
      its.set(prefix + "b", "1");
      await("it follows").atMost(LIMIT).until(() -> watcher.status().state() == State.FOLLOWING);
      assertThatThrownBy(() -> watcher.switchTo(WatchMode.NOTIFY))
          .isInstanceOf(SwitchRefusedException.class)
          .hasMessageContaining("another database cluster");
      awaitConvergence(recorder, table, prefix);
    }
  }

  @Test
  void aLaterWishCancelsTheOneThatIsWaitedFor() throws Exception {
    try (SwitchingWatcher watcher = start(WatchMode.REPLICATION, null)) {
      toDatabase.shut();
      CompletableFuture<Void> first = switchTo(watcher, WatchMode.NOTIFY);
      await("it is being tried").atMost(LIMIT).until(() -> toDatabase.turnedAwayCount() > 0);
      watcher.switchTo(WatchMode.REPLICATION);
      assertRefused(first, Reason.CONFLICT, "another watch mode was asked for");
    }
  }

  @Test
  void closingEndsTheWait() {
    SwitchingWatcher watcher = start(WatchMode.REPLICATION, WatchMode.NOTIFY);
    toDatabase.shut();
    CompletableFuture<Void> asked = switchTo(watcher, WatchMode.NOTIFY);
    await("it is being tried").atMost(LIMIT).until(() -> toDatabase.turnedAwayCount() > 0);
    watcher.close();
    watcher.close();
    assertRefused(asked, Reason.CONFLICT, "being closed");
    assertThat(recorder.states()).endsWith(State.CLOSED);
  }

  @Test
  void standsInForAHubThatIsAwayAndGoesBack() throws Exception {
    table.set(prefix + "a", "1");
    try (SwitchingWatcher watcher = start(WatchMode.REPLICATION, WatchMode.NOTIFY)) {
      assertThat(watcher.mode().isFallback()).isFalse();
      toHub.shut();
      table.set(prefix + "a", "2");
      awaitMode(watcher, WatchMode.NOTIFY);
      assertThat(watcher.mode().isFallback()).isTrue();
      assertThat(watcher.mode().chosen()).isEqualTo(WatchMode.REPLICATION);
      awaitConvergence(recorder, table, prefix);
      table.del(prefix + "a");
      table.set(prefix + "b", "1");
      awaitConvergence(recorder, table, prefix);
      toHub.open();
      try (Writers writers = Writers.start(table, prefix, 2, true)) {
        awaitMode(watcher, WatchMode.REPLICATION);
        writers.awaitCommits(10);
      }
      assertThat(watcher.mode().isFallback()).isFalse();
      awaitConvergence(recorder, table, prefix);
    }
    assertThat(recorder.snapshots()).hasSize(1);
  }

  @Test
  void staysWithTheFallbackWhenItIsChosen() throws Exception {
    try (SwitchingWatcher watcher = start(WatchMode.REPLICATION, WatchMode.NOTIFY)) {
      toHub.shut();
      awaitMode(watcher, WatchMode.NOTIFY);
      watcher.switchTo(WatchMode.NOTIFY);
      assertThat(watcher.mode().isFallback()).isFalse();
      toHub.open();
      watcher.switchTo(WatchMode.REPLICATION);
      assertThat(watcher.mode().mode()).isEqualTo(WatchMode.REPLICATION);
    }
  }
}
