package dev.watchhub.dataplane.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.dataplane.RawHttp;
import dev.watchhub.dataplane.TestPlane;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.http.ListenAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no well-meaning client sends, at a data plane with one route for everything. */
class MalformedRequestTest {
  private static final EchoServer ECHO = EchoServer.start(ListenAddress.loopback(0));
  private static final TestPlane PLANE = TestPlane.synced();

  @BeforeAll
  static void routeEverything() {
    PLANE.route("all", "/*", ECHO.port());
  }

  @AfterAll
  static void close() {
    PLANE.close();
    ECHO.close();
  }

  static Stream<Arguments> malformed() {
    String host = "\r\nHost: a\r\nConnection: close\r\n";
    return Stream.of(
        Arguments.of(400, "rubbish\r\n\r\n"),
        Arguments.of(400, "GET\r\n\r\n"),
        Arguments.of(505, "GET /\r\n\r\n"),
        Arguments.of(505, "GET / HTTP/3.7" + host + "\r\n"),
        Arguments.of(400, "GET / HTTP/1.1\r\n\r\n"),
        Arguments.of(400, "GET / HTTP/1.1" + host + "Host: b\r\n\r\n"),
        Arguments.of(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Arguments.of(400, "GET http://b/ HTTP/1.1" + host + "\r\n"),
        Arguments.of(400, "GET / HTTP/1.1" + host + "No colon\r\n\r\n"),
        Arguments.of(400, "GET / HTTP/1.1" + host + "Space : 1\r\n\r\n"),
        Arguments.of(400, "GET / HTTP/1.1" + host + "Folded: 1\r\n 2\r\n\r\n"),
        Arguments.of(400, "GET / HTTP/1.1" + host + "Nul: \0\r\n\r\n"),
        Arguments.of(400, "GET / HTTP/1.1\nHost: a\n\n"),
        Arguments.of(400, "POST / HTTP/1.1" + host + "Content-Length: -1\r\n\r\n"),
        Arguments.of(400, "POST / HTTP/1.1" + host + "Content-Length: x\r\n\r\n"),
        Arguments.of(
            400, "POST / HTTP/1.1" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        Arguments.of(
            400, "POST / HTTP/1.1" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        Arguments.of(400, "POST / HTTP/1.1" + host + "Content-Length: 1, 1\r\n\r\na"),
        Arguments.of(400, "POST / HTTP/1.1" + host + "Content-Length: +1\r\n\r\na"),
        Arguments.of(
            400,
            "POST / HTTP/1.1"
                + host
                + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            400,
            "POST / HTTP/1.1"
                + host
                + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(400, "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"),
        Arguments.of(
            400,
            "POST / HTTP/1.1"
                + host
                + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(400, "POST / HTTP/1.1" + host + "Transfer-Encoding: gzip\r\n\r\n"),
        Arguments.of(400, "POST / HTTP/1.1" + host + "Transfer-Encoding: chunked, x\r\n\r\n"),
        Arguments.of(431, "GET / HTTP/1.1" + host + "Big: " + "x".repeat(70_000) + "\r\n\r\n"),
        Arguments.of(414, "GET /" + "x".repeat(70_000) + " HTTP/1.1" + host + "\r\n"),
        Arguments.of(400, "GET / / HTTP/1.1" + host + "\r\n"),
        Arguments.of(501, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n"),
        Arguments.of(400, "OPTIONS * HTTP/1.1" + host + "\r\n"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void isRefusedWithAProblem(int status, String request) throws Exception {
    String answer = RawHttp.exchange(PLANE.plane().port(), request);

    assertThat(answer)
        .startsWith("HTTP/1.1 " + status)
        .contains("Content-Type: application/problem+json", "\"status\":" + status, "\"detail\":\"")
        .doesNotContain("Exception", "Jetty", "jetty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..",
        "/a/..;/b",
        "/a%2F..%2Fb",
        "/a%00",
        "/a\\b",
        "/a%5cb",
        "/a%c3",
        "/%2e%2e",
        "/%zz",
        "/%ff",
        "/é",
        "/a#b"
      })
  void aPathThatIsTwoThingsIsRefusedWithAProblem(String path) throws Exception {
    String answer =
        RawHttp.exchange(
            PLANE.plane().port(),
            new String(
                ("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .getBytes(ISO_8859_1),
                ISO_8859_1));

    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .contains("Content-Type: application/problem+json")
        .doesNotContain("Suspicious", "Ambiguous", "Illegal");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "FOO"})
  void aRefusedRequestOfAnyMethodHasABody(String method) throws Exception {
    String answer =
        RawHttp.exchange(
            PLANE.plane().port(),
            method + " /a%2F HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    assertThat(answer).contains("behind an encoded slash");
  }
}
