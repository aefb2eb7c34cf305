package dev.watchhub.client;

import static dev.watchhub.client.WatcherChecks.assertEveryChangeOnce;
import static dev.watchhub.client.WatcherChecks.awaitConvergence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.verify.source.TableTruth;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A watcher that changes its mode every 200 ms keeps the contract, with a real hub. */
@Tag("slow")
final class SwitchingContractTest extends WatcherContract {
  private static final long EVERY_MILLIS = 200;

  private final AtomicInteger switches = new AtomicInteger();
  private TestHub hub;

  @BeforeAll
  void openHub() {
    hub = TestHub.start(table, faults);
  }

  @AfterAll
  void closeHub() throws SQLException {
    hub.close();
  }

  @Override
  int[] peerPorts() {
    return new int[] {hub.port(), table.server().port()};
  }

  @Override
  Watcher start(int port, List<String> watched, WatchListener listener) {
    int databasePort = port == gate.port() ? gate.port(1) : port;
    WatchBackends backends =
        new WatchBackends(
            URI.create("http://127.0.0.1:" + port),
            NotifyWatcherTest.url(databasePort),
            table.schema(),
            watched);
    return new Restless(
        SwitchingWatcher.start(backends, WatchMode.REPLICATION, null, listener, faults), switches);
  }

  /** Changes the mode over and over until it is closed. */
  private static final class Restless implements Watcher {
    private final SwitchingWatcher watcher;
    private final AtomicInteger switches;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "restless");

    Restless(SwitchingWatcher watcher, AtomicInteger switches) {
      this.watcher = watcher;
      this.switches = switches;
      thread.start();
    }

    private void run() {
      try {
        while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
          boolean listening = watcher.mode().mode() == WatchMode.NOTIFY;
          try {
            watcher.switchTo(listening ? WatchMode.REPLICATION : WatchMode.NOTIFY);
            switches.incrementAndGet();
          } catch (SwitchRefusedException e) {
            assertThat(e).hasMessageNotContaining("\n"); // its backend is away for the moment
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public WatchStatus status() {
      return watcher.status();
    }

    @Override
    public void close() {
      closing.countDown();
      watcher.close();
      try {
        thread.join(LIMIT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void tellsEveryChangeOnceThroughManySwitches() throws SQLException {
    TableTruth before = table.before(prefix);
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      try (Writers writers = Writers.start(table, prefix, 4, true)) {
        int until = switches.get() + 20;
        await("20 switches").atMost(LIMIT).until(() -> switches.get() >= until);
        writers.awaitCommits(50);
      }
      awaitConvergence(recorder, table, prefix);
    }
    assertEveryChangeOnce(recorder, table, prefix, before);
    assertThat(recorder.snapshots()).hasSize(1);
    assertThat(recorder.states()).containsExactly(State.CONNECTING, State.FOLLOWING, State.CLOSED);
  }
}
