package dev.watchhub.dataplane.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.dataplane.ScriptedUpstream;
import dev.watchhub.dataplane.TestPlane;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.dataplane.routes.Rows;
import dev.watchhub.http.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamNodesTest {
  private final TestPlane plane = TestPlane.synced();

  @AfterEach
  void close() {
    plane.close();
  }

  private static int refusingPort() throws IOException {
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return unused.getLocalPort();
    }
  }

  private static ScriptedUpstream named(String name) throws IOException {
    return ScriptedUpstream.answering(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n" + name);
  }

  private void nodes(String... urlsAndWeights) {
    StringBuilder nodes = new StringBuilder();
    for (String one : urlsAndWeights) {
      String[] parts = one.split(" ", 2);
      nodes
          .append(nodes.length() == 0 ? "" : ",")
          .append("{\"url\":\"%s\",\"weight\":%s}".formatted(parts[0], parts[1]));
    }
    plane.commit(Rows.row("x", 1, "{\"uri\":\"/x\",\"upstream\":[" + nodes + "]}"));
  }

  private static String at(int port, int weight) {
    return "http://127.0.0.1:" + port + " " + weight;
  }

  @Test
  void sharesRequestsByWeight() throws Exception {
    try (ScriptedUpstream a = named("a");
        ScriptedUpstream b = named("b")) {
      nodes(at(a.port(), 3), at(b.port(), 1));
      Map<String, Integer> answers = new HashMap<>();
      for (int i = 0; i < 40; i++) {
        answers.merge(plane.get("/x").body(), 1, Integer::sum);
      }

      assertThat(answers).containsOnly(Map.entry("a", 30), Map.entry("b", 10));
    }
  }

  @Test
  void goesOnToAnotherNodeAndLeavesTheDeadOneAlone() throws Exception {
    int dead = refusingPort();
    try (ScriptedUpstream alive = named("a")) {
      nodes(at(dead, 100), at(alive.port(), 1));
      for (int i = 0; i < 50; i++) {
        assertThat(plane.get("/x").body()).isEqualTo("a");
      }

      assertThat(plane.admin("/status").body())
          .contains("\"setAside\":[\"http://127.0.0.1:" + dead + "\"]", "\"upstreamFailed\":0");
    }
  }

  @Test
  void sendsTheWholeBodyToTheNodeThatTakesTheRequest() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      nodes(at(refusingPort(), 100), at(refusingPort(), 100), at(echo.port(), 1));
      plane.commit(
          Rows.row(
              "y",
              2,
              "{\"uri\":\"/anything\",\"upstream\":[{\"url\":\"http://127.0.0.1:%d\",\"weight\":9},{\"url\":\"http://127.0.0.1:%d\"}]}"
                  .formatted(refusingPort(), echo.port())));

      String body = "text ".repeat(10_000);
      var answer =
          plane.send(
              HttpRequest.newBuilder(plane.at("/anything")).PUT(BodyPublishers.ofString(body)));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains(body);
    }
  }

  @Test
  void doesNotRepeatWhatIsNotIdempotent() throws Exception {
    try (ScriptedUpstream alive = named("a")) {
      nodes(at(refusingPort(), 100), at(alive.port(), 1));

      var answer =
          plane.send(HttpRequest.newBuilder(plane.at("/x")).POST(BodyPublishers.ofString("x")));

      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(plane.get("/x").body()).isEqualTo("a");
    }
  }

  @Test
  void findsOutThatANodeIsBackWithoutARequestThatMustNotFail() throws Exception {
    int port = refusingPort();
    try (ScriptedUpstream alive = named("a")) {
      nodes(at(port, 1), at(alive.port(), 1));
      HttpRequest.Builder post =
          HttpRequest.newBuilder(plane.at("/x")).POST(BodyPublishers.ofString("x"));
      await("the dead node's turn").until(() -> plane.send(post).statusCode() == 502);
      try (EchoServer back = EchoServer.start(ListenAddress.loopback(port))) {
        await("the node at " + back.port() + " is found")
            .until(
                () -> {
                  assertThat(plane.send(post).statusCode()).isNotEqualTo(502);
                  return plane.admin("/status").body().contains("\"setAside\":[]");
                });
      }
    }
  }

  @Test
  void doesNotRepeatWhatANodeHasSeen() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    try (ScriptedUpstream closes = ScriptedUpstream.afterHead(s -> seen.incrementAndGet());
        ScriptedUpstream alive = named("a")) {
      nodes(at(closes.port(), 1), at(alive.port(), 1));

      assertThat(plane.get("/x").statusCode()).isEqualTo(502);
      assertThat(seen).hasValue(1);
      assertThat(plane.get("/x").body()).isEqualTo("a");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void saysSoWhenNoNodeTakesTheRequest(int count) throws Exception {
    String[] dead = new String[count];
    for (int i = 0; i < count; i++) {
      dead[i] = at(refusingPort(), 1);
    }
    nodes(dead);

    for (int i = 0; i < 3; i++) {
      assertThat(plane.get("/x").body())
          .contains("\"status\":502", "the upstream of /routes/x refused the connection");
    }
    assertThat(plane.admin("/status").body()).contains("\"upstreamFailed\":3");
  }
}
