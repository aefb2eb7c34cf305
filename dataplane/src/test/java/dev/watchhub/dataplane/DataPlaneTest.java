package dev.watchhub.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.client.WatchMode;
import dev.watchhub.client.WatchStatus;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.dataplane.routes.Rows;
import dev.watchhub.http.HttpStartException;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.lifecycle.Faults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataPlaneTest {
  private static final Faults FAULTS =
      (component, cause) -> {
        throw new AssertionError(component, cause);
      };

  private final EchoServer echo = EchoServer.start(ListenAddress.loopback(0));
  private final TestPlane plane = TestPlane.synced();

  @AfterEach
  void close() {
    plane.close();
    echo.close();
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return new JsonMapper().readTree(answer.body());
  }

  @Test
  void walksAsTheDemoDoes() throws Exception {
    HttpResponse<String> none = plane.get("/get");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.body()).isEqualTo("no route\n");
    assertThat(none.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));

    plane.route("foo", "/get", echo.port());
    assertThat(json(plane.get("/get")).get("url").textValue())
        .isEqualTo(plane.at("/get").toString());

    plane.route("bar", "/anything/*", echo.port());
    assertThat(plane.get("/anything/x").statusCode()).isEqualTo(200);

    plane.route("foo", "/ip", echo.port());
    assertThat(plane.get("/ip").statusCode()).isEqualTo(200);
    assertThat(plane.get("/get").statusCode()).isEqualTo(404);

    plane.delete("bar");
    assertThat(plane.get("/anything/x").body()).isEqualTo("no route\n");
  }

  @Test
  void isReadyFromTheFirstSnapshotOnAndSaysSoBefore() throws Exception {
    try (TestPlane fresh = TestPlane.unsynced()) {
      HttpResponse<String> early = fresh.get("/get");
      assertThat(early.statusCode()).isEqualTo(503);
      assertThat(early.headers().firstValue("retry-after")).hasValue("1");
      assertThat(early.body()).contains("the routes are not known yet");
      assertThat(fresh.admin("/readyz").statusCode()).isEqualTo(503);
      assertThat(fresh.plane().isReady()).isFalse();

      fresh.watchers().listener().onSnapshot(List.of(Rows.route("a", 1, "/get", "http://[::1]")));

      assertThat(fresh.admin("/readyz").statusCode()).isEqualTo(200);
      assertThat(fresh.plane().isReady()).isTrue();
      assertThat(fresh.get("/").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void servesOnAndStaysReadyWhileTheWatcherIsCutOff() throws Exception {
    plane.route("foo", "/get", echo.port());

    plane
        .watchers()
        .listener()
        .onStatus(new WatchStatus(WatchStatus.State.DISCONNECTED, "the hub is away"));

    assertThat(plane.get("/get").statusCode()).isEqualTo(200);
    assertThat(plane.admin("/readyz").statusCode()).isEqualTo(200);
    assertThat(json(plane.admin("/status")).at("/watcher/state").textValue())
        .isEqualTo("disconnected");
  }

  @Test
  void aBadRouteNeverTakesDownAGoodOne() throws Exception {
    plane.route("foo", "/get", echo.port());

    plane.commit(Rows.row("foo", 100, "{\"uri\":\"/get\",\"upstream\":\"nonsense\"}"));

    assertThat(plane.get("/get").statusCode()).isEqualTo(200);
  }

  @Test
  void nothingOfTheAdminPortIsReachableThroughTheProxy() throws Exception {
    for (String path : List.of("/routes", "/match?path=/", "/status", "/healthz", "/readyz")) {
      assertThat(plane.get(path).body()).as(path).isEqualTo("no route\n");
      assertThat(plane.admin(path).statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void noRequestFailsWhileItsRouteChanges() throws Exception {
    plane.route("foo", "/get", echo.port());
    try (EchoServer other = EchoServer.start(ListenAddress.loopback(0))) {
      AtomicBoolean changing = new AtomicBoolean(true);
      ExecutorService clients = Executors.newFixedThreadPool(2);
      try {
        List<Future<Integer>> counts =
            List.of(
                clients.submit(() -> requestsUntilDone(changing)),
                clients.submit(() -> requestsUntilDone(changing)));
        for (int i = 0; i < 3_000; i++) {
          plane.route("foo", "/get", i % 2 == 0 ? other.port() : echo.port());
          plane.route("extra" + i, "/extra/" + i, other.port());
        }
        changing.set(false);
        for (Future<Integer> count : counts) {
          assertThat(count.get(20, TimeUnit.SECONDS)).isPositive();
        }
      } finally {
        clients.shutdownNow();
      }
    }
  }

  private int requestsUntilDone(AtomicBoolean changing) throws IOException, InterruptedException {
    int count = 0;
    do {
      assertThat(plane.get("/get").statusCode()).isEqualTo(200);
      count++;
    } while (changing.get());
    return count;
  }

  @Test
  void aPortThatIsTakenIsOneLineAndLeavesNothingRunning() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ListenAddress address = ListenAddress.loopback(taken.getLocalPort());
      ListenAddress free = ListenAddress.loopback(0);
      for (boolean admin : new boolean[] {true, false}) {
        ScriptedWatchers watchers = new ScriptedWatchers();
        DataPlaneOptions options =
            DataPlaneOptions.of(admin ? free : address, admin ? address : free, WatchMode.NOTIFY);
        assertThatThrownBy(() -> DataPlane.start(options, watchers, FAULTS))
            .isInstanceOf(HttpStartException.class)
            .hasMessageContaining(address.toString())
            .hasMessageContaining(admin ? "--dataplane-admin-port" : "--dataplane-port")
            .hasMessageNotContaining("\n");
        assertThat(watchers.isClosed()).isTrue();
      }
    }
  }

  @Test
  void closesTwiceWithItsWatcherAndEveryConnection() throws Exception {
    plane.route("foo", "/get", echo.port());
    plane.send(HttpRequest.newBuilder(plane.at("/get")));

    plane.close();
    plane.close();

    assertThat(plane.watchers().isClosed()).isTrue();
    assertThatThrownBy(() -> plane.get("/get")).isInstanceOf(IOException.class);
  }
}
