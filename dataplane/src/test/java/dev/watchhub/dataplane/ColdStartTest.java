package dev.watchhub.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.dataplane.routes.Rows;
import dev.watchhub.http.ListenAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data plane that starts while hub and database are away. */
class ColdStartTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path directory;

  private TestPlane start() {
    return TestPlane.unsynced(
        options -> options.withFiles(directory.resolve("sub/x.routes"), null));
  }

  private void runOnce(EchoServer echo) {
    try (TestPlane plane = start()) {
      String up = "http://127.0.0.1:" + echo.port();
      plane.watchers().listener().onSnapshot(List.of(Rows.route("a", 1, "/a", up)));
      plane.commit(Rows.route("b", 2, "/b/*", up));
      plane.commit(Rows.row("b", 3, "{\"uri\":7}"));
    }
  }

  @Test
  void servesWhatItKnewAndSaysThatItIsStale() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      runOnce(echo);

      try (TestPlane plane = start()) {
        assertThat(plane.get("/a").statusCode()).isEqualTo(200);
        assertThat(plane.get("/b/x").statusCode()).isEqualTo(200);
        assertThat(plane.get("/c").statusCode()).isEqualTo(404);
        assertThat(plane.admin("/readyz").statusCode()).isEqualTo(200);
        assertThat(plane.admin("/status").body())
            .contains("\"source\":\"file\",\"stale\":true")
            .contains("\"key\":\"/routes/b\",\"revision\":3,", "\"servedRevision\":2");
        assertThat(plane.admin("/metrics").body()).contains("watchhub_synced 0.0");
      }
    }
  }

  @Test
  void replacesItByTheFirstSnapshotButForTheLastGoodRouteOfABadValue() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      runOnce(echo);

      try (TestPlane plane = start()) {
        plane.watchers().listener().onSnapshot(List.of(Rows.row("b", 3, "{\"uri\":7}")));

        assertThat(plane.get("/a").statusCode()).isEqualTo(404);
        assertThat(plane.get("/b/x").statusCode()).isEqualTo(200);
        assertThat(plane.admin("/status").body())
            .contains("\"source\":\"watch\",\"stale\":false", "\"servedRevision\":2");
      }
    }
  }

  @Test
  void servesByTheUpstreamsThatItKnewAlsoByOneThatIsDeletedSince() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      try (TestPlane plane = start()) {
        String up = "http://127.0.0.1:" + echo.port();
        plane
            .watchers()
            .listener()
            .onSnapshot(
                List.of(
                    Rows.referring("a", 1, "/a", "u"),
                    Rows.referring("b", 2, "/b", "v"),
                    Rows.node("u", 3, up),
                    Rows.node("v", 4, up)));
        plane.commit(Rows.upstream("v", 5, null), Rows.upstream("u", 6, "rubbish"));
      }

      try (TestPlane plane = start()) {
        assertThat(plane.get("/a").statusCode()).isEqualTo(200);
        assertThat(plane.get("/b").statusCode()).isEqualTo(200);
        assertThat(plane.admin("/status").body())
            .contains("\"stale\":true", "\"routes\":2,\"upstreams\":2,")
            .contains("\"key\":\"/upstreams/u\",\"revision\":6,", "\"servedRevision\":3")
            .contains("\"key\":\"/upstreams/v\",\"revision\":5,", "\"servedRevision\":4");

        plane
            .watchers()
            .listener()
            .onSnapshot(
                List.of(
                    Rows.referring("a", 1, "/a", "u"),
                    Rows.referring("b", 2, "/b", "v"),
                    Rows.upstream("u", 6, "rubbish")));
        assertThat(plane.get("/a").statusCode()).isEqualTo(200);
        assertThat(plane.get("/b").statusCode()).isEqualTo(200);
        assertThat(plane.admin("/status").body()).contains("\"stale\":false", "\"upstreams\":2,");
      }
    }
  }

  @Test
  void keepsEachChangeWhileItRuns() throws Exception {
    Path file = directory.resolve("sub/x.routes");
    try (TestPlane plane = start()) {
      plane.watchers().listener().onSnapshot(List.of());
      plane.commit(Rows.route("kept", 2, "/kept", "http://127.0.0.1:1"));

      await("the file to have the route")
          .atMost(LIMIT)
          .until(() -> Files.exists(file) && Files.readString(file).contains("/routes/kept"));
    }
  }

  @Test
  void doesNotOverwriteTheFileBeforeItIsSynced() throws Exception {
    Path file = directory.resolve("sub/x.routes");
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      runOnce(echo);
      String before = Files.readString(file);
      start().close();

      assertThat(Files.readString(file)).isEqualTo(before);
    }
  }

  @Test
  void writesALineForEachRequestWhenToldTo() throws Exception {
    Path log = directory.resolve("access.log");
    try (TestPlane plane = TestPlane.unsynced(options -> options.withFiles(null, log))) {
      plane.watchers().listener().onSnapshot(List.of());
      plane.get("/nowhere?x=1");

      await("the line")
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(Files.readString(log))
                      .matches(
                          "127\\.0\\.0\\.1 - - \\[[^]]+] \"GET /nowhere\\?x=1 HTTP/1\\.1\" 404 9"
                              + " \"-?\" \"Java-http-client/[^\"]+\"\\R"));
    }
  }
}
