package dev.watchhub.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.bench.subscribers.SubscriberProcess;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The whole way from publishers to subscribers, with a hub in this process. */
final class BroadcastTest {
  private static final String SCHEMA = "bench_broadcast";
  private static final Duration WINDOW = Duration.ofMillis(500);

  private final PostgresServer database = PostgresServer.shared();

  /** A hub of the schema. */
  private record HubHere(WatchHub hub, String jdbcUrl) implements Service {
    @Override
    public int port() {
      return hub.port();
    }

    @Override
    public String path(Layout layout) {
      return HubService.watchPath(layout);
    }

    @Override
    public Publisher publisher() {
      try {
        return new HubService.Writer(DriverManager.getConnection(jdbcUrl));
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public ProcessHandle process() {
      return ProcessHandle.current();
    }

    @Override
    public Optional<ProcessHandle> database() {
      return Optional.of(ProcessHandle.current());
    }

    @Override
    public OptionalLong heapBytes() {
      return OptionalLong.of(1 << 20);
    }

    @Override
    public void close() {
      hub.close();
    }
  }

  @Test
  void everyEventArrivesWhoeverStallsBeside() throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.jdbcUrl())) {
      SchemaInstaller.install(connection, SCHEMA);
      try (Service hub = startHub();
          SubscriberProcess client = SubscriberProcess.start(1)) {
        Delivered shared = publish(hub, client, new FanOutCase(10, Layout.SHARED, 40), true);
        assertThat(shared.published()).isEqualTo(20);
        assertThat(shared.due()).isEqualTo(200);
        assertArrived(shared);
        Delivered each = publish(hub, client, new FanOutCase(5, Layout.EACH, 40), false);
        assertThat(each.due()).isEqualTo(each.published()).isEqualTo(20);
        assertArrived(each);
        try (Broadcast broadcast =
            Broadcast.start(hub, client, new FanOutCase(3, Layout.EACH, 0), 2, false)) {
          Delivered most = broadcast.publishFlatOut(WINDOW);
          assertThat(most.published()).isPositive();
          assertArrived(most);
          assertThat(broadcast.values(most).get("heap MB")).hasValue(1);
        }
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("select pg_drop_replication_slot('" + SCHEMA + "')");
        statement.execute("drop schema " + SCHEMA + " cascade");
      }
    }
  }

  private static Delivered publish(
      Service hub, SubscriberProcess client, FanOutCase testCase, boolean disturbed) {
    try (Broadcast broadcast = Broadcast.start(hub, client, testCase, 2, disturbed)) {
      return broadcast.publish(testCase.perSecond(), WINDOW);
    }
  }

  private static void assertArrived(Delivered delivered) {
    assertThat(delivered.seen().events()).isEqualTo(delivered.due());
    assertThat(delivered.seen().missing()).isZero();
  }

  private Service startHub() {
    Source source = new Source(database.jdbcUrl(), SCHEMA, SCHEMA, "watchhub_" + SCHEMA);
    WatchHub hub =
        WatchHub.start(
            HubOptions.of(ListenAddress.loopback(0), source),
            (component, cause) -> {
              throw new AssertionError(component, cause);
            });
    await("the hub is ready").until(hub::isReady);
    return new HubHere(hub, database.jdbcUrl() + "&currentSchema=" + SCHEMA);
  }
}
