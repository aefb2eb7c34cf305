package dev.watchhub.dataplane.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.dataplane.RawHttp;
import dev.watchhub.dataplane.ScriptedUpstream;
import dev.watchhub.dataplane.TestPlane;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.http.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailingUpstreamTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private TestPlane plane = TestPlane.synced();

  @AfterEach
  void close() {
    plane.close();
  }

  private void useLimit(Duration limit) {
    plane.close();
    plane = TestPlane.synced(limit);
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body())
        .contains("the upstream of /routes/x " + reason, "\"route\":\"/routes/x\"")
        .doesNotContain("Exception", "at org.", "127.0.0.1");
  }

  @RepeatedTest(20) // it took two readers that met
  void aClientThatWaitedToSendItsBodyDoesNotLoseTheAnswer() throws Exception {
    int size = 16 << 20;
    try (ScriptedUpstream upstream =
        ScriptedUpstream.afterHead(
            socket -> {
              socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
              socket.getInputStream().readNBytes(1_000);
              ScriptedUpstream.reset(socket);
            })) {
      plane.route("x", "/x", upstream.port());
      try (Socket client = RawHttp.connect(plane.plane().port())) {
        String head =
            "PUT /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
                + "Content-Length: %d\r\n\r\n".formatted(size);
        client.getOutputStream().write(head.getBytes(ISO_8859_1));
        RawHttp.readUntil(client.getInputStream(), "100 Continue\r\n\r\n");
        client.getOutputStream().write(new byte[size]);
        assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
            .startsWith("HTTP/1.1 502 ");
      }
    }
  }

  @Test
  void saysThatAnUpstreamIsDown() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    plane.route("x", "/x", port);

    assertProblem(plane.get("/x"), 502, "refused the connection");
    assertProblem(
        plane.send(
            HttpRequest.newBuilder(plane.at("/x"))
                .PUT(HttpRequest.BodyPublishers.ofString("body"))),
        502,
        "refused the connection");
  }

  @Test
  void saysThatAHostNameHasNoAddress() throws Exception {
    plane.route("x", "/x", "http://nowhere.invalid");

    assertProblem(plane.get("/x"), 502, "has a host name without an address");
  }

  @Test
  void saysThatAnUpstreamHungUp() throws Exception {
    try (ScriptedUpstream closes = ScriptedUpstream.afterHead(socket -> {});
        ScriptedUpstream resets = ScriptedUpstream.afterHead(ScriptedUpstream::reset)) {
      for (ScriptedUpstream upstream : new ScriptedUpstream[] {closes, resets}) {
        plane.route("x", "/x", upstream.port());
        assertProblem(plane.get("/x"), 502, "closed the connection before its answer");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12"
      })
  void saysThatAnAnswerIsNoHttp(String answer) throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering(answer)) {
      plane.route("x", "/x", upstream.port());

      assertProblem(plane.get("/x"), 502, "answered with something else than HTTP");
    }
  }

  @Test
  void saysThatTlsFailed() throws Exception {
    try (EchoServer plain = EchoServer.start(ListenAddress.loopback(0))) {
      plane.route("x", "/x", "https://127.0.0.1:" + plain.port());

      assertProblem(plane.get("/x"), 502, "failed in the TLS handshake");
    }
  }

  @Test
  void givesUpOnAnUpstreamThatNeverAnswers() throws Exception {
    useLimit(Duration.ofMillis(200));
    try (ScriptedUpstream silent = ScriptedUpstream.start(s -> s.getInputStream().readAllBytes())) {
      plane.route("x", "/x", silent.port());

      assertProblem(plane.get("/x"), 504, "did not answer within 200 ms");
    }
  }

  @Test
  void givesUpOnAnUpstreamThatTakesNoBody() throws Exception {
    useLimit(Duration.ofMillis(200));
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedUpstream deaf =
        ScriptedUpstream.afterHead(socket -> over.await(20, TimeUnit.SECONDS))) {
      plane.route("x", "/x", deaf.port());

      byte[] much = new byte[32 << 20];
      HttpRequest.Builder request =
          HttpRequest.newBuilder(plane.at("/x")).POST(HttpRequest.BodyPublishers.ofByteArray(much));
      assertProblem(plane.send(request), 504, "did not answer within 200 ms");
      assertThat(plane.admin("/status").body()).contains("\"upstreamFailed\":1");
    } finally {
      over.countDown();
    }
  }

  @Test
  void anAnswerThatHasBegunMayPauseForLongerThanTheLimit() throws Exception {
    useLimit(Duration.ofMillis(100));
    CountDownLatch otherTimedOut = new CountDownLatch(1);
    try (ScriptedUpstream pausing =
            ScriptedUpstream.afterHead(
                socket -> {
                  socket
                      .getOutputStream()
                      .write(OK.substring(0, OK.length() - 1).getBytes(ISO_8859_1));
                  otherTimedOut.await(20, TimeUnit.SECONDS);
                  socket.getOutputStream().write('k');
                });
        ScriptedUpstream silent = ScriptedUpstream.start(s -> s.getInputStream().readAllBytes());
        Socket client = RawHttp.connect(plane.plane().port())) {
      plane.route("x", "/x", pausing.port());
      plane.route("silent", "/silent", silent.port());
      client.getOutputStream().write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
      RawHttp.readUntil(client.getInputStream(), "\r\n\r\no");

      for (int i = 0; i < 3; i++) {
        assertThat(plane.get("/silent").statusCode()).isEqualTo(504);
      }
      otherTimedOut.countDown();

      assertThat(client.getInputStream().read()).isEqualTo('k');
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
      })
  void aTornAnswerReachesTheClientAsATornAnswer(String half) throws Exception {
    CountDownLatch halfArrived = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
            ScriptedUpstream.afterHead(
                socket -> {
                  socket.getOutputStream().write(half.getBytes(ISO_8859_1));
                  halfArrived.await(20, TimeUnit.SECONDS);
                  ScriptedUpstream.reset(socket);
                });
        Socket client = RawHttp.connect(plane.plane().port())) {
      plane.route("x", "/x", upstream.port());
      client.getOutputStream().write("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
      RawHttp.readUntil(client.getInputStream(), "half");
      halfArrived.countDown();

      assertThat(rest(client)).doesNotContain("0\r\n\r\n", "HTTP/1.1");
    }
  }

  /** What comes until the end, whether that is a close or a reset. */
  private static String rest(Socket client) throws IOException {
    StringBuilder rest = new StringBuilder();
    try {
      for (int c = client.getInputStream().read(); c >= 0; c = client.getInputStream().read()) {
        rest.append((char) c);
      }
    } catch (java.net.SocketException e) {
      return rest.toString();
    }
    return rest.toString();
  }

  @Test
  void doesNotBlameTheUpstreamForAClientThatSendsRubbish() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      plane.route("x", "/x", echo.port());

      String answer =
          RawHttp.exchange(
              plane.plane().port(),
              "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

      assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
      assertThat(plane.admin("/status").body()).contains("\"upstreamFailed\":0");
    }
  }

  @Test
  void passesOnAnAnswerThatComesBeforeTheBodyIsThrough() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0));
        Socket client = RawHttp.connect(plane.plane().port())) {
      plane.route("x", "/x", echo.port());

      client
          .getOutputStream()
          .write(
              "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nonly this"
                  .getBytes(ISO_8859_1));

      assertThat(RawHttp.readUntil(client.getInputStream(), "\r\n\r\n")).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void countsFailures() throws Exception {
    try (ScriptedUpstream closes = ScriptedUpstream.afterHead(socket -> {})) {
      plane.route("x", "/x", closes.port());
      plane.get("/x");
      plane.get("/nowhere");
    }

    assertThat(plane.admin("/status").body())
        .contains("\"requests\":{\"total\":2,\"unrouted\":1,\"upstreamFailed\":1,\"retried\":0}");
  }
}
