package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as bytes, since a client library would not send most of these. */
class HttpServerTest {
  private static HttpServer server;

  @BeforeAll
  static void start() {
    server =
        HttpServer.start(
            "test",
            ListenAddress.loopback(0),
            "--port",
            config -> {
              HttpServer.get(
                  config.routes,
                  "/key/<key>",
                  context -> context.result(RequestPath.decode(context.req().getRequestURI())));
              config.routes.put("/body", context -> context.result(RequestBody.text(context, 8)));
            });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String send(String latin1) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(latin1.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static String get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/key/a%2Fb%25 | /key/a/b%",
        "/key/a;b=c    | /key/a;b=c",
        "/key/back\\s  | /key/back\\s",
        "/key/%5C      | /key/\\",
        "/key/a+b      | /key/a+b",
        "/key/../b     | /key/../b",
        "/key/%2e%2E/b | /key/../b",
        "/key//b       | /key//b",
        "/key/%c3%a9   | /key/é",
        "/key/\u00c3\u00a9 | /key/é"
      })
  void takesAPathAsItsSenderMeantIt(String path, String meant) throws IOException {
    assertThat(get(path)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n" + meant);
  }

  @ParameterizedTest
  @CsvSource({"/key/%zz", "/key/%f", "/key/%00", "/key/%ff", "/key/%c3", "/key/\u00ff"})
  void saysWhatIsWrongWithAPath(String path) throws IOException {
    assertThat(get(path))
        .startsWith("HTTP/1.1 400 ")
        .contains("Content-Type: application/problem+json")
        .containsPattern("\"detail\":\"the (path|request line) ");
  }

  @Test
  void saysWhatIsWrongWithAPathThatLeadsAboveTheRoot() throws IOException {
    assertThat(get("/../key"))
        .startsWith("HTTP/1.1 400 ")
        .contains("Content-Type: application/problem+json", "'..' above the root");
  }

  @ParameterizedTest
  @CsvSource({"GET, /nothing, 404", "GET, /%ff, 404", "POST, /body, 405", "BREW, /body, 405"})
  void answersWhatIsNotThereWithAProblem(String method, String path, int status)
      throws IOException {
    assertThat(send(method + " " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("Content-Type: application/problem+json");
  }

  @Test
  void takesABodyUpToItsLimitHoweverItComes() throws IOException {
    String head = "PUT /body HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";
    String chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    assertThat(send(head + "Content-Length: 8\r\n\r\n12345678")).endsWith("\r\n\r\n12345678");
    assertThat(send(chunked + "4\r\n1234\r\n4\r\n5678\r\n0\r\n\r\n")).endsWith("\r\n\r\n12345678");
    assertThat(send(head + "\r\n")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");

    assertThat(send(head + "Content-Length: 9\r\n\r\n123456789")).startsWith("HTTP/1.1 413 ");
    assertThat(send(chunked + "9\r\n123456789\r\n0\r\n\r\n")).startsWith("HTTP/1.1 413 ");
    assertThat(send(head + "Content-Length: 8\r\n\r\n123")).startsWith("HTTP/1.1 400 ");
    assertThat(send(chunked + "zz\r\n123")).startsWith("HTTP/1.1 400 ");
    assertThat(send(head + "Content-Length: 1\r\n\r\n\u00ff")).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @CsvSource({"PUT, /body, 413", "PUT, /nothing, 404", "POST, /body, 405", "PUT, /%ff, 404"})
  void takesTheWholeBodyOfWhatItRefuses(String method, String path, int status) throws IOException {
    String body = "x".repeat(16 << 20); // more than the buffers of a connection hold
    String head = method + " " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";
    assertThat(send(head + "Content-Length: " + body.length() + "\r\n\r\n" + body))
        .startsWith("HTTP/1.1 " + status + " ");
    String chunk = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    assertThat(send(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk))
        .startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void refusesABodyThatIsTooLongBeforeItIsSent() throws IOException {
    String head = "PUT /body HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";
    assertThat(send(head + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void answersAHeadAsTheGetWithoutItsBody() throws IOException {
    String head = " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    assertThat(send("HEAD /key/a" + head))
        .startsWith("HTTP/1.1 200 ")
        .contains("Content-Length: 6\r\n")
        .endsWith("\r\n\r\n");
    assertThat(send("HEAD /nothing" + head)).startsWith("HTTP/1.1 404 ").endsWith("\r\n\r\n");
  }
}
