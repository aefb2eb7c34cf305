package dev.watchhub.client;

import static dev.watchhub.client.WatcherChecks.awaitConvergence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A hub's watcher keeps the contract, with a real hub. */
final class HubWatcherTest extends WatcherContract {
  private WatchHub hub;
  private int hubPort;

  @BeforeAll
  void openHub() {
    hub = startHub(0);
    hubPort = hub.port();
  }

  private WatchHub startHub(int port) {
    String name = table.schema();
    Source source = new Source(table.server().jdbcUrl(), name, name, name);
    WatchHub started = WatchHub.start(HubOptions.of(ListenAddress.loopback(port), source), faults);
    await("the hub is ready").atMost(LIMIT).until(started::isReady);
    return started;
  }

  @Override
  int[] peerPorts() {
    return new int[] {hubPort};
  }

  @AfterAll
  void closeHub() throws SQLException {
    hub.close();
    String ofSlot = " FROM pg_replication_slots WHERE slot_name = '" + table.schema() + "'";
    table.query("SELECT pg_terminate_backend(active_pid, 5000)" + ofSlot + " AND active");
    table.query("SELECT pg_drop_replication_slot(slot_name)" + ofSlot);
  }

  @Override
  Watcher start(int port, List<String> watched, WatchListener listener) {
    return Watcher.ofHub(URI.create("http://127.0.0.1:" + port), watched, listener, faults);
  }

  @Test
  void goesOnWithAHubThatWasStartedAgain() throws SQLException {
    assertNothingIsMissedThrough(
        writers -> {
          hub.close();
          writers.awaitCommits(30);
          hub = startHub(hubPort);
        });
  }

  @Test
  void learnsOfDeletionsThatHappenedWhileTheHubWasClosed() throws SQLException {
    table.set(prefix + "stays", "1");
    table.set(prefix + "goes", "1");
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      hub.close();
      awaitState(watcher, State.DISCONNECTED);
      table.del(prefix + "goes");
      hub = startHub(hubPort);
      awaitConvergence(recorder, table, prefix);
    }
    assertThat(recorder.folded()).containsOnlyKeys(prefix + "stays");
    assertThat(recorder.snapshots()).hasSize(1);
  }

  @Test
  void startsOverWhenTheHubHasLostItsSlot() throws SQLException {
    table.set(prefix + "stays", "1");
    table.set(prefix + "goes", "1");
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      closeHub();
      table.del(prefix + "goes");
      hub = startHub(hubPort);
      awaitConvergence(recorder, table, prefix);
      await("it follows").atMost(LIMIT).until(() -> watcher.status().state() == State.FOLLOWING);
    }
    assertThat(recorder.snapshots()).hasSize(2);
    assertThat(recorder.states())
        .endsWith(State.DISCONNECTED, State.CONNECTING, State.FOLLOWING, State.CLOSED);
  }

  @Test
  void refusesAUrlThatIsNoHubs() {
    for (String url : new String[] {"localhost:9280", "ftp://127.0.0.1", "http:///watch", "/"}) {
      assertThatThrownBy(() -> Watcher.ofHub(URI.create(url), List.of("/"), recorder, faults))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(url)
          .hasMessageContaining("expected");
    }
  }
}
