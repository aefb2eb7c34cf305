package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What both kinds of server do alike: start, stop, refuse. */
final class ServerLifeTest {
  /** Requests that wait for an answer, or did. */
  private static final AtomicInteger UNANSWERED = new AtomicInteger();

  /** Fails at one path, never answers at another, as a stream does, and knows no third. */
  private static final class Odd extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      return switch (Request.getPathInContext(request)) {
        case "/fails" -> throw new IllegalStateException("a secret");
        case "/silent" -> {
          UNANSWERED.incrementAndGet();
          yield true;
        }
        default -> super.handle(request, response, callback);
      };
    }
  }

  /** The kinds of server. */
  enum Kind {
    HTTP {
      @Override
      Running start(ListenAddress address) {
        HttpServer server =
            HttpServer.start(
                "life",
                address,
                "--life-port",
                config -> config.jetty.modifyServer(jetty -> jetty.insertHandler(new Odd())));
        return new Running(server.port(), server::close);
      }
    },
    CORE {
      @Override
      Running start(ListenAddress address) {
        CoreServer server =
            CoreServer.start("life", address, "--life-port", new Odd(), http -> {}, null);
        return new Running(server.port(), server::close);
      }
    };

    abstract Running start(ListenAddress address);
  }

  /** A server that was started. */
  record Running(int port, Runnable closing) implements AutoCloseable {
    @Override
    public void close() {
      closing.run();
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("life-http"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void saysWhichPortIsTakenAndHowToChooseAnother(Kind kind) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> kind.start(ListenAddress.loopback(port)))
          .isInstanceOf(HttpStartException.class)
          .hasMessage(
              "the life cannot listen on 127.0.0.1:"
                  + port
                  + ": the port is taken or the address is not this machine's; choose another"
                  + " with --life-port");
    }
    assertThat(threads()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void saysThatAnAddressIsNotThisMachines(Kind kind) {
    assertThatThrownBy(() -> kind.start(new ListenAddress("192.0.2.1", 0)))
        .isInstanceOf(HttpStartException.class)
        .hasMessageContaining("192.0.2.1:0");
    assertThatThrownBy(() -> kind.start(new ListenAddress("no-such-host.invalid", 0)))
        .isInstanceOf(HttpStartException.class)
        .hasMessageContaining("no-such-host.invalid:0");
    assertThat(threads()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void endsItsConnectionsAndThreadsWhenItIsClosed(Kind kind) throws Exception {
    int port = 0;
    for (int i = 0; i < 20; i++) {
      Running running =
          kind.start(ListenAddress.loopback(port)); // the same one, from the second on
      port = running.port();
      try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), port);
          Socket waiting = new Socket(InetAddress.getLoopbackAddress(), port)) {
        getNothing(idle);
        getNothing(waiting);
        int before = UNANSWERED.get();
        waiting.getOutputStream().write(request("/silent"));
        await("the request").until(() -> UNANSWERED.get() > before);
        running.close();
        running.close();
        assertEnds(idle);
        assertEnds(waiting);
      }
    }
    assertThat(threads()).isEmpty();
  }

  private static byte[] request(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(ISO_8859_1);
  }

  /** Gets an answer, so that the server has surely taken the connection, and leaves it open. */
  private static void getNothing(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write(request("/nothing"));
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("}\n")) {
      int next = socket.getInputStream().read();
      assertThat(next).as("a byte after " + answer).isNotNegative();
      answer.append((char) next);
    }
    assertThat(answer).startsWith("HTTP/1.1 404 ");
  }

  /** Whatever comes before the end; fails by the socket's timeout when there is none. */
  private static void assertEnds(Socket socket) throws IOException {
    try {
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .matches("(?s)|HTTP/1.1 50[03] .*");
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset"); // which is an end, too
    }
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
            "GET / HTTP/1.1\r\n\r\n", // no host
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: test\r\n\r\n",
            "GET /\r\n\r\n",
            "/ GET HTTP/1.1\r\nHost: test\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: test\r\nNo colon\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: test\r\nLong: " + "x".repeat(100_000) + "\r\n\r\n",
            "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: test\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n", // TLS
            "\u0000\r\n\r\n",
            "GET /\u0000 HTTP/1.1\r\nHost: test\r\n\r\n")
        .flatMap(request -> Stream.of(Kind.values()).map(kind -> Arguments.of(kind, request)));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void answersAMalformedRequestWithAProblem(Kind kind, String request) throws Exception {
    try (Running running = kind.start(ListenAddress.loopback(0))) {
      assertThat(send(running.port(), request))
          .matches("(?s)HTTP/1.1 4\\d\\d .*|HTTP/1.1 505 .*")
          .contains("Content-Type: application/problem+json")
          .containsPattern(
              "\\{\"type\":\".+\",\"title\":\".+\",\"status\":\\d+,\"detail\":\".+\"}\n$")
          .doesNotContain("Server:")
          .doesNotContain("Exception");
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsItsOwnFailuresToItself(Kind kind) throws Exception {
    try (Running running = kind.start(ListenAddress.loopback(0))) {
      assertThat(send(running.port(), "GET /fails HTTP/1.1\r\nHost: test\r\n\r\n"))
          .startsWith("HTTP/1.1 500 ")
          .contains("Content-Type: application/problem+json")
          .doesNotContain("secret");
    }
  }

  private static String send(int port, String latin1) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(latin1.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
