package dev.watchhub.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A data plane at the end of the real way from the table, by either watcher. */
@Tag("slow")
class BothWatchersTest {
  private static final String SCHEMA = "both_watchers";
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Faults FAULTS =
      (component, cause) -> {
        throw new AssertionError(component, cause);
      };

  private final HttpClient client = HttpClient.newHttpClient();

  @ParameterizedTest
  @EnumSource(WatchMode.class)
  void followsTheTableThroughACrashOfTheDatabase(WatchMode mode) throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of());
        EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      install(server);
      String upstream = "\",\"upstream\":\"http://127.0.0.1:" + echo.port() + "\"}";
      set(server, "/routes/a", "{\"uri\":\"/before" + upstream);
      try (WatchHub hub = WatchHub.start(hubOptions(server), FAULTS);
          DataPlane plane = start(server, hub, mode)) {
        await("ready").atMost(LIMIT).until(plane::isReady);
        assertThat(status(plane, "/before")).isEqualTo(200);

        set(server, "/routes/b", "{\"uri\":\"/b/*" + upstream);
        awaitStatus(plane, "/b/x", 200);

        set(server, "/routes/b", "rubbish");
        set(server, "/routes/a", "{\"uri\":\"/after" + upstream);
        awaitStatus(plane, "/after", 200);
        assertThat(status(plane, "/before")).isEqualTo(404);
        assertThat(status(plane, "/b/x")).isEqualTo(200);

        server.crash();
        assertThat(status(plane, "/after")).isEqualTo(200);
        assertThat(plane.isReady()).isTrue();
        server.restart();
        execute(server, "SELECT del('/routes/b')");
        awaitStatus(plane, "/b/x", 404);
        assertThat(status(plane, "/after")).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(WatchMode.class)
  void requestsGoElsewhereWhenAnUpstreamChangesAndNoneFails(WatchMode mode) throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of());
        EchoServer one = EchoServer.start(ListenAddress.loopback(0));
        EchoServer two = EchoServer.start(ListenAddress.loopback(0))) {
      install(server);
      try (WatchHub hub = WatchHub.start(hubOptions(server), FAULTS);
          DataPlane plane = start(server, hub, mode)) {
        set(server, "/routes/a", "{\"uri\":\"/a\",\"upstream\":{\"ref\":\"team/u\"}}");
        awaitStatusText(plane, "refers to /upstreams/team/u, which is not known");
        set(server, "/upstreams/team/u", nodes(one, "/one"));
        awaitStatus(plane, "/a", 200);
        assertThat(body(plane, "/a")).contains("/one/a\"");

        try (SteadyRequests load = SteadyRequests.start(plane.port(), "/a", 500)) {
          set(server, "/upstreams/team/u", nodes(two, "/two"));
          awaitBody(plane, "/a", "/two/a\"");
          set(server, "/upstreams/team/u", "rubbish");
          awaitStatusText(plane, "\"key\":\"/upstreams/team/u\"");
          execute(server, "SELECT del('/upstreams/team/u')");
          awaitStatusText(plane, "it is deleted, and /routes/a refers to it");
          assertThat(body(plane, "/a")).contains("/two/a\"");
          execute(
              server,
              """
              BEGIN;
              SELECT set('/routes/b', '{"uri":"/b","upstream":{"ref":"team/u"}}');
              SELECT set('/upstreams/team/u', '%s');
              COMMIT
              """
                  .formatted(nodes(one, "/three")));
          awaitBody(plane, "/b", "/three/b\"");
          assertThat(body(plane, "/a")).as("of the same commit").contains("/three/a\"");
          long before = load.count();
          await("more requests").atMost(LIMIT).until(() -> load.count() > before + 100);
          assertThat(load.failures()).isEmpty();
        }
        assertThat(admin(plane, "/status")).contains("\"upstreamFailed\":0", "\"refused\":[]");
      }
    }
  }

  private static String nodes(EchoServer echo, String path) {
    return "{\"nodes\":[{\"url\":\"http://127.0.0.1:%d%s\"}]}".formatted(echo.port(), path);
  }

  private void awaitStatusText(DataPlane plane, String text) {
    await("/status to say " + text)
        .atMost(LIMIT)
        .until(() -> admin(plane, "/status").contains(text));
  }

  private String body(DataPlane plane, String path) throws IOException, InterruptedException {
    return get(plane.port(), path);
  }

  private void awaitBody(DataPlane plane, String path, String text) {
    await(path + " to answer " + text).atMost(LIMIT).until(() -> body(plane, path).contains(text));
  }

  @Test
  void servesThroughoutWhileItsWatchModeChangesBothWays() throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of());
        EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      install(server);
      String upstream = "\",\"upstream\":\"http://127.0.0.1:" + echo.port() + "\"}";
      set(server, "/routes/stays", "{\"uri\":\"/stays" + upstream);
      AtomicBoolean changing = new AtomicBoolean(true);
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try (WatchHub hub = WatchHub.start(hubOptions(server), FAULTS);
          DataPlane plane = start(server, hub, WatchMode.REPLICATION)) {
        await("ready").atMost(LIMIT).until(plane::isReady);
        Future<Integer> requests =
            threads.submit(
                () -> {
                  int count = 0;
                  for (; changing.get(); count++) {
                    assertThat(status(plane, "/stays")).isEqualTo(200);
                  }
                  return count;
                });
        AtomicInteger newest = new AtomicInteger();
        Future<?> routes =
            threads.submit(
                () -> {
                  while (changing.get()) {
                    int i = newest.incrementAndGet();
                    set(server, "/routes/moves", "{\"uri\":\"/moves/" + i + upstream);
                  }
                  return null;
                });
        for (int i = 0; i < 6; i++) {
          String mode = i % 2 == 0 ? "notify" : "replication";
          HttpResponse<String> answer = putMode(plane, mode);
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
          int written = newest.get();
          await("routes go on changing").atMost(LIMIT).until(() -> newest.get() > written + 3);
        }
        changing.set(false);
        routes.get(20, TimeUnit.SECONDS);
        assertThat(requests.get(20, TimeUnit.SECONDS)).isPositive();
        awaitStatus(plane, "/moves/" + newest.get(), 200);
        assertThat(status(plane, "/moves/" + (newest.get() - 1))).isEqualTo(404);
        JsonNode applied = new JsonMapper().readTree(admin(plane, "/status")).get("applied");
        assertThat(applied.get("snapshots").asInt()).isEqualTo(1);
        assertThat(applied.get("changes").asInt()).as("each told once").isEqualTo(newest.get());
      } finally {
        changing.set(false);
        threads.shutdownNow();
      }
    }
  }

  private HttpResponse<String> putMode(DataPlane plane, String mode)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + plane.adminPort() + "/watch-mode"))
            .PUT(HttpRequest.BodyPublishers.ofString("{\"mode\":\"" + mode + "\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String admin(DataPlane plane, String path) throws IOException, InterruptedException {
    return get(plane.adminPort(), path);
  }

  private String get(int port, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static HubOptions hubOptions(PostgresServer server) {
    return HubOptions.of(
        ListenAddress.loopback(0),
        new Source(server.jdbcUrl(), SCHEMA, SCHEMA, "watchhub_" + SCHEMA));
  }

  private static DataPlane start(PostgresServer server, WatchHub hub, WatchMode mode) {
    URI hubUri = URI.create("http://127.0.0.1:" + hub.port());
    return DataPlane.start(
        DataPlaneOptions.of(ListenAddress.loopback(0), ListenAddress.loopback(0), mode),
        new BackendWatchers(
            new WatchBackends(hubUri, server.jdbcUrl(), SCHEMA, DataPlane.KEY_PREFIXES),
            null,
            FAULTS),
        FAULTS);
  }

  private int status(DataPlane plane, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + plane.port() + path);
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private void awaitStatus(DataPlane plane, String path, int expected) {
    await(path + " to answer " + expected)
        .atMost(LIMIT)
        .until(() -> status(plane, path) == expected);
  }

  private static void install(PostgresServer server) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
      SchemaInstaller.install(connection, SCHEMA);
    }
  }

  private static Connection connect(PostgresServer server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl() + "&currentSchema=" + SCHEMA);
  }

  private static void set(PostgresServer server, String key, String value) throws SQLException {
    try (Connection connection = connect(server);
        PreparedStatement statement = connection.prepareStatement("SELECT set(?, ?)")) {
      statement.setString(1, key);
      statement.setString(2, value);
      statement.execute();
    }
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
