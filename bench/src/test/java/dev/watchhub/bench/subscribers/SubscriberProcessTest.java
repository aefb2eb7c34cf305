package dev.watchhub.bench.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

final class SubscriberProcessTest {
  private static final String SCHEMA = "bench_subscribers";
  private static final int SUBSCRIBERS = 20;
  private static final int PUTS = 200;

  private final PostgresServer database = PostgresServer.shared();

  @Test
  void everySubscriberOfAHubSeesEveryPut() throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.jdbcUrl())) {
      SchemaInstaller.install(connection, SCHEMA);
      connection.setSchema(SCHEMA);
      try (WatchHub hub = startHub();
          SubscriberProcess client = SubscriberProcess.start(2)) {
        String path = "/watch?snapshot=false&prefix=/a/";
        client.open(new Opening(hub.port(), path, 0, SUBSCRIBERS, Pace.PROMPT));
        assertThat(client.seen().bookmarks()).isPositive();
        put(connection);
        await("all events").until(() -> client.seen().events() == SUBSCRIBERS * PUTS);
        Seen seen = client.seen();
        assertThat(seen.missing()).isZero();
        assertThat(seen.repeated()).isZero();
        assertThat(seen.delayMicros().getTotalCount()).isEqualTo(SUBSCRIBERS * PUTS);

        client.closeAll();
        client.forget();
        client.open(new Opening(hub.port(), "/watch?prefix=/a/", 0, 1, Pace.PROMPT));
        await("the snapshot").until(() -> client.seen().synced() == 1);
        assertThat(client.seen().events()).isZero();

        assertThatThrownBy(
                () -> client.open(new Opening(hub.port(), "/watch?since=x", 0, 1, Pace.PROMPT)))
            .isInstanceOf(BenchException.class)
            .hasMessageContaining("HTTP/1.1 400");
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("select pg_drop_replication_slot('" + SCHEMA + "')");
        statement.execute("drop schema " + SCHEMA + " cascade");
      }
    }
  }

  private WatchHub startHub() {
    Source source = new Source(database.jdbcUrl(), SCHEMA, SCHEMA, "watchhub_" + SCHEMA);
    WatchHub hub =
        WatchHub.start(
            HubOptions.of(ListenAddress.loopback(0), source),
            (component, cause) -> {
              throw new AssertionError(component, cause);
            });
    await("the hub is ready").until(hub::isReady);
    return hub;
  }

  private static void put(Connection connection) throws SQLException {
    try (PreparedStatement put = connection.prepareStatement("select set(?, ?)")) {
      for (int i = 0; i < PUTS; i++) {
        put.setString(1, "/a/" + i % 7);
        put.setString(2, Mark.value(i % 3, i / 3, System.nanoTime(), 200) + "ä\n€😀@");
        put.execute();
      }
    }
  }
}
