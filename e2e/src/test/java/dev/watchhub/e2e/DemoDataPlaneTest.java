package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.controlplane.ControlPlane;
import dev.watchhub.controlplane.ControlPlaneOptions;
import dev.watchhub.controlplane.api.ValueEncoding;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data plane of the demo beside a control plane that writes what it reads. */
@Tag("slow")
final class DemoDataPlaneTest {
  @ParameterizedTest
  @ValueSource(strings = {"trigger", "hub"})
  void followsWhatTheControlPlaneWrites(String mode) throws Exception {
    try (TestDatabase database = TestDatabase.start();
        Connection connection = DriverManager.getConnection(database.jdbcUrl())) {
      SchemaInstaller.install(connection, "public");
      ControlPlaneOptions options =
          ControlPlaneOptions.of(ListenAddress.loopback(0), database.jdbcUrl())
              .withValues(ValueEncoding.BASE64, 1 << 20);
      Source source = new Source(database.jdbcUrl(), "public", "watchhub", "watchhub");
      try (ControlPlane controlPlane = ControlPlane.start(options);
          WatchHub hub =
              WatchHub.start(
                  HubOptions.of(ListenAddress.loopback(0), source),
                  (component, cause) -> {
                    throw new AssertionError(component, cause);
                  })) {
        await("the hub is ready").until(hub::isReady);
        int port = controlPlane.port();
        assertThat(Http.put(port, "/notify-mode", "{\"mode\":\"" + mode + "\"}").status())
            .isEqualTo(200);
        put(port, "before", "/before", "http://a");
        try (DemoDataPlane demo = new DemoDataPlane(database.jdbcUrl())) {
          put(port, "foo", "/get", "http://a");
          put(port, "umlaut", "/ä/路", "http://b");
          put(port, "foo", "/get", "http://c");
          awaitRoutes(demo, Map.of("/before", "http://a", "/get", "http://c", "/ä/路", "http://b"));
          assertThat(demo.refetches()).isZero();

          String large = "/" + "路".repeat(2_000); // over 8,000 bytes in base64
          put(port, "large", large, "http://d");
          assertThat(Http.delete(port, "/routes/umlaut").status()).isEqualTo(200);
          awaitRoutes(demo, Map.of("/before", "http://a", "/get", "http://c", large, "http://d"));
          assertThat(demo.refetches()).isPositive();
        }
      }
    }
  }

  private static void put(int port, String id, String uri, String upstream) {
    Http.Answer answer =
        Http.put(
            port, "/routes/" + id, "{\"uri\":\"" + uri + "\",\"upstream\":\"" + upstream + "\"}");
    assertThat(answer.status()).as(answer.body()).isBetween(200, 201);
  }

  private static void awaitRoutes(DemoDataPlane demo, Map<String, String> expected) {
    await("the demo routes " + expected.keySet())
        .until(
            () -> {
              demo.poll();
              return demo.upstreams().equals(new TreeMap<>(expected));
            });
  }
}
