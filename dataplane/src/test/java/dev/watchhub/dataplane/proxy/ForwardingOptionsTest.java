package dev.watchhub.dataplane.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.dataplane.RawHttp;
import dev.watchhub.dataplane.ScriptedUpstream;
import dev.watchhub.dataplane.TestPlane;
import dev.watchhub.dataplane.routes.Rows;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardingOptionsTest {
  private static final String OK =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

  private final TestPlane plane = TestPlane.synced();

  @AfterEach
  void close() {
    plane.close();
  }

  private String headFor(String uri, String base, String fields, String request)
      throws IOException {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK)) {
      plane.commit(
          Rows.row(
              "x",
              1,
              "{\"uri\":\"%s\",\"upstream\":\"http://127.0.0.1:%d%s\"%s}"
                  .formatted(uri, upstream.port(), base, fields)));
      assertThat(RawHttp.exchange(plane.plane().port(), request + "Connection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
      return upstream
          .nextHead()
          .replace("127.0.0.1:" + upstream.port(), "UPSTREAM")
          .replace(":" + plane.plane().port(), ":PROXY");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/users/7?a=b, '', /7?a=b",
    "/users/, /base, /base/",
    "//users/%2e/x/../7, /base, /base/7"
  })
  void takesThePrefixOff(String asked, String base, String forwarded) throws Exception {
    String head =
        headFor(
            "/users/*", base, ",\"stripPrefix\":true", "GET " + asked + " HTTP/1.1\r\nHost: a\r\n");

    assertThat(head).startsWith("GET " + forwarded + " HTTP/1.1\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'', client.example:1",
    "',\"hostHeader\":\"keep\"', client.example:1",
    "',\"hostHeader\":\"upstream\"', UPSTREAM",
    "',\"hostHeader\":\"inner.example:8\"', inner.example:8"
  })
  void setsTheHostAsTheRouteSays(String field, String host) throws Exception {
    String head = headFor("/x", "", field, "GET /x HTTP/1.1\r\nHost: client.example:1\r\n");

    assertThat(head).containsOnlyOnce("\r\nHost: " + host + "\r\n");
    assertThat(head).contains("X-Forwarded-Host: client.example:1\r\n");
  }

  @Test
  void aClientCannotHaveTheHostTakenOut() throws Exception {
    String request = "GET /x HTTP/1.1\r\nHost: client.example:1\r\nConnection: Host\r\n";

    assertThat(headFor("/x", "", "", request)).containsOnlyOnce("\r\nHost: client.example:1\r\n");
  }

  @Test
  void addsToWhomItForwardsForAndBelievesNothingElse() throws Exception {
    String head =
        headFor(
            "/x",
            "",
            "",
            """
            GET /x HTTP/1.1
            Host: a
            X-Forwarded-For: 10.0.0.1
            X-Forwarded-For: 10.0.0.2
            X-Forwarded-Proto: https
            X-Forwarded-Host: evil
            X-Forwarded-Port: 1
            """
                .replace("\n", "\r\n"));

    assertThat(head)
        .containsOnlyOnce("X-Forwarded-For: 10.0.0.1, 10.0.0.2, 127.0.0.1\r\n")
        .containsOnlyOnce("X-Forwarded-Proto: http\r\n")
        .containsOnlyOnce("X-Forwarded-Host: a\r\n")
        .containsOnlyOnce("X-Forwarded-Port: " + plane.plane().port() + "\r\n")
        .containsOnlyOnce("Forwarded: by=");
  }

  @Test
  void anUpstreamHasTheTimeThatItsRouteGives() throws Exception {
    try (ScriptedUpstream silent = ScriptedUpstream.start(s -> s.getInputStream().readAllBytes())) {
      plane.commit(
          Rows.row(
              "x",
              1,
              "{\"uri\":\"/x\",\"upstream\":\"http://127.0.0.1:%d\",\"responseTimeoutMillis\":50}"
                  .formatted(silent.port())));

      var answer = plane.get("/x");

      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(answer.body()).contains("did not answer within 50 ms");
    }
  }

  @Test
  void aNodeThatTakesNoConnectionIsGivenUpAndAnotherOneAsked() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ScriptedUpstream alive = ScriptedUpstream.answering(OK)) {
      List<Socket> waiting = fill(full);
      String node = "{\"url\":\"http://127.0.0.1:%d\",\"weight\":%d}";
      plane.commit(
          Rows.row(
              "x",
              1,
              "{\"uri\":\"/x\",\"upstream\":[%s,%s],\"connectTimeoutMillis\":100}"
                  .formatted(
                      node.formatted(full.getLocalPort(), 9), node.formatted(alive.port(), 1))),
          Rows.row(
              "y",
              2,
              "{\"uri\":\"/y\",\"upstream\":\"http://127.0.0.1:%d\",\"connectTimeoutMillis\":100}"
                  .formatted(full.getLocalPort())));
      String impatient = "http://127.0.0.1:" + full.getLocalPort() + " within 100 ms";

      assertThat(plane.get("/x").body()).isEqualTo("ok");
      assertThat(plane.admin("/status").body())
          .as("which concerns no route that would wait longer")
          .contains("\"setAside\":[\"" + impatient + "\"]");
      assertThat(plane.get("/y").body())
          .contains("\"status\":504", "did not take the connection in time");
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  /** Connects until the queue of a socket that nobody accepts from is full. */
  private static List<Socket> fill(ServerSocket full) throws IOException {
    List<Socket> waiting = new ArrayList<>();
    while (waiting.size() < 100) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 100);
      } catch (java.net.SocketTimeoutException e) {
        return waiting;
      }
    }
    throw new IllegalStateException("the queue has no end");
  }

  @Test
  void aLargeBodyToNoRouteDoesNotLoseItsAnswer() throws Exception {
    byte[] much = new byte[32 << 20];
    for (int i = 0; i < 3; i++) {
      var answer =
          plane.send(
              HttpRequest.newBuilder(plane.at("/none")).POST(BodyPublishers.ofByteArray(much)));

      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).isEqualTo("no route\n");
    }
  }
}
