package dev.watchhub.dataplane.proxy;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.dataplane.RawHttp;
import dev.watchhub.dataplane.ScriptedUpstream;
import dev.watchhub.dataplane.TestPlane;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.dataplane.routes.Rows;
import dev.watchhub.http.ListenAddress;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final TestPlane plane = TestPlane.synced();

  @AfterEach
  void close() {
    plane.close();
  }

  private String raw(String requestLine, String... headers) throws IOException {
    return RawHttp.exchange(
        plane.plane().port(),
        requestLine
            + "\r\nHost: a.example\r\nConnection: close\r\n"
            + Stream.of(headers).map(header -> header + "\r\n").collect(joining())
            + "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/x, /x",
    "/x?a=1&a=2&b=%20|^{}[]%zz, /x?a=1&a=2&b=%20|^{}[]%zz",
    "/x?50%, /x?50%",
    "/x?q=%&r=%zz|/../y, /x?q=%&r=%zz|/../y",
    "/x?, /x?",
    "/x?a?b/../c, /x?a?b/../c",
    "/x/%41;p=1//y/../z?q, /x/%41;p=1/z?q",
    "/%78/a%2Fb, /%78/a%2Fb",
    "http://a.example/x?y, /x?y"
  })
  void asksTheUpstreamForThePathAndTheQueryAsTheyCame(String target, String forwarded)
      throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK)) {
      plane.route("x", "/x", upstream.port());
      plane.route("y", "/x/*", upstream.port());

      assertThat(raw("GET " + target + " HTTP/1.1")).startsWith("HTTP/1.1 200").endsWith("ok");

      assertThat(upstream.nextHead()).startsWith("GET " + forwarded + " HTTP/1.1\r\n");
    }
  }

  @Test
  void putsThePathOfTheUpstreamBeforeThatOfTheRequest() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK)) {
      plane.route("x", "/x", "http://localhost:" + upstream.port() + "/base/");

      assertThat(plane.get("/x?q").body()).isEqualTo("ok");

      assertThat(upstream.nextHead()).startsWith("GET /base/x?q HTTP/1.1\r\n");
    }
  }

  @Test
  void passesHeadersOnWithoutThoseOfTheHop() throws Exception {
    try (ScriptedUpstream upstream =
        ScriptedUpstream.answering(
            """
            HTTP/1.1 200 OK
            Content-Length: 0
            Connection: keep-alive, X-Hop
            X-Hop: 1
            Date: Fri, 01 Jan 2021 00:00:00 GMT
            Server: up
            X-End: 2
            Set-Cookie: a=1
            Set-Cookie: b=2

            """
                .replace("\n", "\r\n"))) {
      plane.route("x", "/x", upstream.port());

      String answer =
          raw("GET /x HTTP/1.1", "Connection: X-Mine", "X-Mine: 1", "TE: trailers", "X-Kept: 3");

      assertThat(upstream.nextHead())
          .contains("\r\nHost: a.example\r\n", "\r\nX-Kept: 3\r\n", "\r\nVia: 1.1 watchhub-")
          .contains("\r\nForwarded: ", "for=\"127.0.0.1\";host=\"a.example\";proto=http\r\n")
          .doesNotContain("X-Mine", "TE:", "User-Agent", "Accept-Encoding", "Content-Type");
      assertThat(answer)
          .contains("X-End: 2\r\n", "Set-Cookie: a=1\r\n", "Set-Cookie: b=2\r\n")
          .containsOnlyOnce("Date: ")
          .containsOnlyOnce("Server: up")
          .doesNotContain("X-Hop", "Jetty");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE"})
  void passesEveryMethodAndItsBody(String method) throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      plane.route("x", "/x", echo.port());

      HttpResponse<String> answer =
          plane.send(
              HttpRequest.newBuilder(plane.at("/x"))
                  .method(method, HttpRequest.BodyPublishers.ofString("{\"a\":[1]}")));

      assertThat(answer.body())
          .contains("\"method\" : \"" + method + "\"", "\"data\" : \"{\\\"a\\\":[1]}\"");
    }
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      plane.route("x", "/x", echo.port());

      assertThat(raw("HEAD /x HTTP/1.1")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
      assertThat(raw("HEAD /nothing HTTP/1.1")).startsWith("HTTP/1.1 404").endsWith("\r\n\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "204 No Content",
        "304 Not Modified",
        "418 teapot",
        "500 Mine",
        "302 Found\r\nLocation: http://a.example/y"
      })
  void passesAnyStatusAsItIs(String status) throws Exception {
    try (ScriptedUpstream upstream =
        ScriptedUpstream.answering("HTTP/1.1 " + status + "\r\nX-From: up\r\n\r\n")) {
      plane.route("x", "/x", upstream.port());

      assertThat(raw("GET /x HTTP/1.1"))
          .startsWith("HTTP/1.1 " + status.substring(0, 3))
          .contains("X-From: up");
    }
  }

  @Test
  void routesByHostAndMethod() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK)) {
      plane.commit(
          Rows.row(
              "h",
              1,
              """
              {"uri":"/h","host":"*.example","methods":["POST"],"upstream":"http://127.0.0.1:%d"}
              """
                  .formatted(upstream.port())));

      assertThat(raw("POST /h HTTP/1.1", "Content-Length: 0")).startsWith("HTTP/1.1 200");
      assertThat(raw("GET /h HTTP/1.1")).startsWith("HTTP/1.1 404");
      assertThat(plane.get("/h").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void passesABodyThatWaitsForContinue() throws Exception {
    try (EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      plane.route("x", "/x", echo.port());

      HttpResponse<String> answer =
          plane.send(
              HttpRequest.newBuilder(plane.at("/x"))
                  .expectContinue(true)
                  .POST(HttpRequest.BodyPublishers.ofString("hello")));

      assertThat(answer.body()).contains("\"data\" : \"hello\"");
    }
  }

  @Test
  void passesHeadersOfManyKilobytesBothWays() throws Exception {
    String value = "x".repeat(50_000);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Back: " + value + "\r\n\r\n")) {
      plane.route("x", "/x", upstream.port());

      assertThat(raw("GET /x HTTP/1.1", "X-There: " + value)).contains("X-Back: " + value);

      assertThat(upstream.nextHead()).contains("X-There: " + value);
    }
  }

  @Test
  void refusesWebSocketAndALoop() throws Exception {
    plane.route("x", "/x", plane.plane().port());

    assertThat(raw("GET /x HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade"))
        .startsWith("HTTP/1.1 501")
        .contains("application/problem+json");
    assertThat(raw("GET /x HTTP/1.1"))
        .startsWith("HTTP/1.1 508")
        .contains("leads back", "\"route\":");
  }
}
