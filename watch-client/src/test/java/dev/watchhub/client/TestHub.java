package dev.watchhub.client;

import static org.awaitility.Awaitility.await;

import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.lifecycle.Faults;
import java.sql.SQLException;
import java.time.Duration;

/** A real hub over the table of one test class, with a slot that goes with it. */
final class TestHub implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(25);

  private final TestTable table;
  private final WatchHub hub;

  private TestHub(TestTable table, WatchHub hub) {
    this.table = table;
    this.hub = hub;
  }

  /** Starts a hub and waits until it is ready. */
  static TestHub start(TestTable table, Faults faults) {
    String name = table.schema();
    Source source = new Source(table.server().jdbcUrl(), name, name, name);
    WatchHub hub = WatchHub.start(HubOptions.of(ListenAddress.loopback(0), source), faults);
    await("the hub is ready").atMost(LIMIT).until(hub::isReady);
    return new TestHub(table, hub);
  }

  int port() {
    return hub.port();
  }

  @Override
  public void close() throws SQLException {
    hub.close();
    String ofSlot = " FROM pg_replication_slots WHERE slot_name = '" + table.schema() + "'";
    table.query("SELECT pg_terminate_backend(active_pid, 5000)" + ofSlot + " AND active");
    table.query("SELECT pg_drop_replication_slot(slot_name)" + ofSlot);
  }
}
