package dev.watchhub.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.WatchBackends;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Hub, database and data plane as they are, while everything that can change does. */
@Tag("slow")
class UnderLoadTest {
  private static final String SCHEMA = "under_load";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int PER_SECOND = 2000;

  /** Requests that have to be answered from the beginning of each fault to that of the next. */
  private static final int LEAST_REQUESTS = 500;

  private final List<Throwable> failed = new CopyOnWriteArrayList<>();
  private final Faults faults = (component, cause) -> failed.add(cause);

  private final HttpClient client = HttpClient.newHttpClient();

  private WatchHub startHub(PostgresServer server, int port) {
    Source source = new Source(server.jdbcUrl(), SCHEMA, SCHEMA, "watchhub_" + SCHEMA);
    return WatchHub.start(HubOptions.of(ListenAddress.loopback(port), source), faults);
  }

  private DataPlane startPlane(PostgresServer server, int hubPort, WatchMode mode) {
    WatchBackends backends =
        new WatchBackends(
            URI.create("http://127.0.0.1:" + hubPort),
            server.jdbcUrl(),
            SCHEMA,
            DataPlane.KEY_PREFIXES,
            "node-" + mode.word());
    return DataPlane.start(
        DataPlaneOptions.of(ListenAddress.loopback(0), ListenAddress.loopback(0), mode)
            .withNode("node-" + mode.word(), "9"),
        new BackendWatchers(backends, null, faults),
        faults);
  }

  private static void set(PostgresServer server, String key, String value) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        PreparedStatement statement =
            connection.prepareStatement("SELECT " + SCHEMA + ".set(?, ?)")) {
      statement.setString(1, key);
      statement.setString(2, value);
      statement.execute();
    }
  }

  private static String route(String uri, EchoServer echo) {
    return "{\"uri\":\"%s\",\"upstream\":\"http://127.0.0.1:%d\"}".formatted(uri, echo.port());
  }

  private String get(int port, String path) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void switchTo(DataPlane plane, String mode) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + plane.adminPort() + "/watch-mode");
    var answer =
        client.send(
            HttpRequest.newBuilder(uri)
                .PUT(BodyPublishers.ofString("{\"mode\":\"" + mode + "\"}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private void awaitRoute(DataPlane plane, PostgresServer server, String path, EchoServer echo)
      throws SQLException {
    set(server, "/routes" + path, route(path, echo));
    await("the route " + path)
        .atMost(LIMIT)
        .until(() -> !get(plane.port(), path).equals("no route\n"));
  }

  /** Something that happens under load. */
  private interface Event {
    void happen() throws Exception;
  }

  private static void during(SteadyRequests load, Event event) throws Exception {
    long before = load.count();
    event.happen();
    await("so many requests since it began")
        .atMost(LIMIT)
        .until(() -> load.count() - before >= LEAST_REQUESTS);
    assertThat(load.failures()).isEmpty();
  }

  @AfterEach
  void noThreadHasFailed() {
    assertThat(failed).isEmpty();
  }

  @Test
  void noRequestFailsWhateverHappensToModeHubDatabaseAndRoutes(TestReporter reporter)
      throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of());
        EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
        SchemaInstaller.install(connection, SCHEMA);
      }
      set(server, "/routes/stays", route("/stays", echo));
      WatchHub hub = startHub(server, 0);
      int hubPort = hub.port();
      try (DataPlane plane = startPlane(server, hubPort, WatchMode.REPLICATION)) {
        await("ready").atMost(LIMIT).until(plane::isReady);
        try (SteadyRequests load = SteadyRequests.start(plane.port(), "/stays", PER_SECOND)) {
          during(
              load,
              () -> {
                switchTo(plane, "notify");
                awaitRoute(plane, server, "/by-notify", echo);
              });
          during(
              load,
              () -> {
                switchTo(plane, "replication");
                awaitRoute(plane, server, "/by-hub", echo);
              });

          hub.close();
          hub = startHub(server, hubPort);
          during(load, () -> awaitRoute(plane, server, "/after-the-hub", echo));

          during(
              load,
              () -> {
                server.restart();
                awaitRoute(plane, server, "/after-the-database", echo);
              });

          during(
              load,
              () -> {
                set(server, "/routes/stays", "{\"uri\":7}");
                awaitRoute(plane, server, "/after-a-bad-route", echo);
                assertThat(get(plane.adminPort(), "/status")).contains("\"key\":\"/routes/stays\"");
              });
          set(server, "/routes/stays", route("/stays", echo));
          during(load, () -> awaitRoute(plane, server, "/after-a-good-one", echo));
          reporter.publishEntry("requests", Long.toString(load.count()));
        }
        assertThat(get(plane.adminPort(), "/status")).contains("\"upstreamFailed\":0");
      } finally {
        hub.close();
      }
    }
  }

  @Test
  void nodesOfBothKindsTellWhatTheyHaveAppliedAndThatTheyLeave() throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of());
        EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
        SchemaInstaller.install(connection, SCHEMA);
      }
      try (WatchHub hub = startHub(server, 0)) {
        try (DataPlane byHub = startPlane(server, hub.port(), WatchMode.REPLICATION);
            DataPlane byNotify = startPlane(server, hub.port(), WatchMode.NOTIFY)) {
          set(server, "/routes/bad", "{\"uri\":7}");
          awaitRoute(byHub, server, "/x", echo);
          awaitRoute(byNotify, server, "/x", echo);
          String place = query(server, "SELECT pg_current_wal_insert_lsn()::text");

          await("the hub to know it")
              .atMost(LIMIT)
              .until(
                  () ->
                      get(hub.port(), "/subscribers")
                          .matches(
                              "(?s).*\"node\":\"node-replication\",\"gone\":false.*\"version\":\"9\""
                                  + ".*\"key\":\"/routes/bad\".*"));
          await("the database to know it")
              .atMost(LIMIT)
              .until(
                  () ->
                      query(
                              server,
                              "SELECT count(*) FROM %s.applied_nodes() WHERE node = 'node-notify' AND version = '9' AND refused_count = 1 AND complete_lsn >= '%s'"
                                  .formatted(SCHEMA, place))
                          .equals("1"));
        }
        assertThat(get(hub.port(), "/subscribers"))
            .contains("\"node\":\"node-replication\",\"gone\":true");
        assertThat(query(server, "SELECT leaving FROM " + SCHEMA + ".applied_nodes()"))
            .isEqualTo("t");
      }
    }
  }

  private static String query(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
