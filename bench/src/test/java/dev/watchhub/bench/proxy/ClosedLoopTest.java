package dev.watchhub.bench.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers each request, by its number from 0, as a script says. */
final class ClosedLoopTest {
  private static final Duration WINDOW = Duration.ofMillis(200);
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  /** The connection is closed instead of an answer. */
  private static final String CLOSED = "closed";

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();

  ClosedLoopTest() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  private void serve(IntFunction<String> script) {
    threads.execute(
        () -> {
          while (!server.isClosed()) {
            try {
              Socket socket = server.accept();
              connections.incrementAndGet();
              threads.execute(() -> answer(socket, script));
            } catch (IOException e) {
              return; // the test is over
            }
          }
        });
  }

  private void answer(Socket socket, IntFunction<String> script) {
    try (socket;
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty()) {
          String answer = script.apply(requests.getAndIncrement());
          if (answer.equals(CLOSED)) {
            return;
          }
          socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
        }
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private Answers run() {
    try (ClosedLoop client = new ClosedLoop(server.getLocalPort(), "/a", 2, 3, GRACE)) {
      return client.run(WINDOW);
    }
  }

  @Test
  void countsEachAnswerOnce() {
    serve(number -> GOOD);
    try (ClosedLoop client = new ClosedLoop(server.getLocalPort(), "/a", 2, 3, GRACE)) {
      Answers first = client.run(WINDOW);
      Answers second = client.run(WINDOW);
      assertThat(first.count() + second.count()).isEqualTo(requests.get());
      assertThat(first.count()).isPositive().isEqualTo(first.nanos().getTotalCount());
      assertThat(first.failed() + second.failed()).isZero();
      assertThat(first.perSecond()).isEqualTo(first.count() / first.seconds());
    }
    assertThat(connections).hasValue(3);
  }

  @Test
  void countsAnAnswerOfAnotherStatusOrLengthAsFailed() {
    serve(
        number ->
            switch (number) {
              case 1 -> "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno";
              case 2 -> "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\no";
              default -> GOOD;
            });
    Answers answers = run();
    assertThat(answers.failed()).isEqualTo(2);
    assertThat(answers.why())
        .isIn("'HTTP/1.1 502 Bad Gateway' with 2 bytes", "'HTTP/1.1 200 OK' with 1 bytes");
    assertThat(answers.count()).isEqualTo(requests.get() - 2);
  }

  @Test
  void countsAConnectionThatBreaksAsFailedAndTakesAnother() {
    serve(number -> number == 4 ? CLOSED : GOOD);
    Answers answers = run();
    assertThat(answers.failed()).isEqualTo(1);
    assertThat(answers.why()).contains("closed before the answer's end");
    assertThat(answers.count()).isEqualTo(requests.get() - 1);
    assertThat(connections).hasValue(4);
  }

  @Test
  void countsARequestWithoutAnAnswerAsFailed() {
    serve(number -> number == 0 ? "" : GOOD);
    Answers answers = run();
    assertThat(answers.failed()).isEqualTo(1);
    assertThat(answers.why()).isEqualTo("no answer within 300 ms of the window's end");
    assertThat(answers.count()).isEqualTo(requests.get() - 1);
  }
}
