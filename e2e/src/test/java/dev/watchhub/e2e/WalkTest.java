package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.e2e.Http.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walk of the README over {@code ./watchhub up}, as a new user takes it. */
final class WalkTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"replication", "notify"})
  void aRouteChangeReachesTheProxy(String mode) {
    Ports ports = Ports.free();
    String[] up = {
      "up",
      "--port-offset=" + ports.offset(),
      "--data-dir=" + directory.resolve(mode),
      "--watch-mode=" + mode
    };
    try (WatchhubProcess process = WatchhubProcess.start(up).awaitReady();
        WatchRecorder watch = WatchRecorder.start(ports.hub(), "?prefix=/routes/")) {
      watch.awaitEvent("synced");
      walk(ports);
      assertThat(watch.await(5).subList(0, 1)).allMatch(event -> event.startsWith("synced"));
      assertThat(watch.await(5).subList(1, 5))
          .allMatch(event -> event.startsWith("commit"))
          .satisfiesExactly(
              foo -> assertThat(foo).contains("\"op\":\"put\"", "/routes/foo"),
              bar -> assertThat(bar).contains("\"op\":\"put\"", "/routes/bar"),
              again -> assertThat(again).contains("\"op\":\"put\"", "/routes/foo"),
              gone -> assertThat(gone).contains("\"op\":\"delete\"", "/routes/bar"));
      assertThat(process.err())
          .contains("applied put /routes/foo rev=1")
          .contains("applied delete /routes/bar rev=4")
          .containsPattern("watch_delay=\\d+ ms");
    }
  }

  private static void walk(Ports ports) {
    Answer none = Http.get(ports.dataPlane(), "/get");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.body()).isEqualTo("no route\n");

    String upstream = "\"upstream\":\"http://127.0.0.1:" + ports.echo() + "\"";
    Answer created =
        Http.put(ports.controlPlane(), "/routes/foo", "{\"uri\":\"/get\"," + upstream + "}");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.json().get("revision").asLong()).isEqualTo(1);
    awaitStatus(ports, "/get", 200);
    Answer echoed = Http.get(ports.dataPlane(), "/get?a=1&a=2");
    assertThat(echoed.json().at("/args/a").toString()).isEqualTo("[\"1\",\"2\"]");
    assertThat(echoed.json().get("url").asText()).endsWith("/get?a=1&a=2");

    Answer second =
        Http.put(
            ports.controlPlane(),
            "/routes/bar",
            "{\"uri\":\"/anything\"," + upstream + "}",
            "Accept",
            "text/plain");
    assertThat(second.body()).isEqualTo("rev=2\n");
    awaitStatus(ports, "/anything", 200);
    Answer posted = Http.send(ports.dataPlane(), "POST", "/anything", "{\"x\":1}");
    assertThat(posted.json().at("/json/x").asInt()).isEqualTo(1);
    assertThat(posted.json().get("method").asText()).isEqualTo("POST");

    Answer over =
        Http.put(ports.controlPlane(), "/routes/foo", "{\"uri\":\"/headers\"," + upstream + "}");
    assertThat(over.status()).isEqualTo(200);
    awaitStatus(ports, "/headers", 200);
    awaitStatus(ports, "/get", 404);

    Answer now = Http.get(ports.controlPlane(), "/routes/foo");
    assertThat(now.json().get("revision").asLong()).isEqualTo(3);
    assertThat(now.json().at("/value/uri").asText()).isEqualTo("/headers");
    Answer before = Http.get(ports.controlPlane(), "/routes/foo?rev=1");
    assertThat(before.json().at("/value/uri").asText()).isEqualTo("/get");
    assertThat(Http.get(ports.controlPlane(), "/routes/foo?rev=1", "Accept", "text/plain").body())
        .matches("rev=1, key=/routes/foo, value=[A-Za-z0-9+/=]+, create_time=\\d{13}\n");

    assertThat(Http.delete(ports.controlPlane(), "/routes/bar", "Accept", "text/plain").body())
        .isEqualTo("rev=4\n");
    awaitStatus(ports, "/anything", 404);
    assertThat(Http.delete(ports.controlPlane(), "/routes/bar").status()).isEqualTo(404);
  }

  private static void awaitStatus(Ports ports, String path, int status) {
    await(path + " answers " + status)
        .until(() -> Http.get(ports.dataPlane(), path).status() == status);
  }
}
