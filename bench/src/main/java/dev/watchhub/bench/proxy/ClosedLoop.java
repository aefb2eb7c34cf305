package dev.watchhub.bench.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.http.AnswerReader;
import dev.watchhub.bench.load.Histograms;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Asks for one thing over so many connections, which are kept: on each the next request goes out
 * when the answer to the one before has come. One thread.
 */
final class ClosedLoop implements AutoCloseable {
  private static final int OK = 200;
  private static final Duration USUAL_GRACE = Duration.ofSeconds(10);

  private final int port;
  private final int bodyLength;
  private final int connections;
  private final Duration grace;
  private final ByteBuffer request;
  private final ByteBuffer scratch = ByteBuffer.allocate(KeptConnection.LONGEST_ANSWER);
  private final Selector selector;

  // of the window that runs
  private Histogram nanos = Histograms.nanos();
  private int waiting; // requests without an answer
  private long failed;
  private @Nullable String why;
  private long lastAnswerNanos;

  /**
   * Connects at the first request.
   *
   * @param port of 127.0.0.1
   * @param bodyLength of each answer, in bytes; another one is a failure
   */
  ClosedLoop(int port, String path, int bodyLength, int connections) {
    this(port, path, bodyLength, connections, USUAL_GRACE);
  }

  /**
   * @param grace how long answers are waited for when the window is over
   */
  ClosedLoop(int port, String path, int bodyLength, int connections, Duration grace) {
    this.port = port;
    this.bodyLength = bodyLength;
    this.connections = connections;
    this.grace = grace;
    String text = "GET %s HTTP/1.1\r\nHost: bench.example\r\n\r\n".formatted(path);
    this.request = ByteBuffer.wrap(text.getBytes(ISO_8859_1)).asReadOnlyBuffer();
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new BenchException("no selector: " + e.getMessage(), e);
    }
  }

  /**
   * Asks for {@code window}, and waits for the answers that are due then.
   *
   * @throws BenchException when it cannot connect
   */
  Answers run(Duration window) {
    nanos = Histograms.nanos();
    failed = 0;
    why = null;
    waiting = 0;
    long start = System.nanoTime();
    long end = start + window.toNanos();
    lastAnswerNanos = start + 1;
    try {
      selector.selectNow(); // forgets what was closed
      List<SelectionKey> kept = List.copyOf(selector.keys());
      for (SelectionKey key : kept) {
        send((KeptConnection) key.attachment());
      }
      for (int i = kept.size(); i < connections; i++) {
        send(KeptConnection.open(port, selector));
      }
      while (waiting > 0 && System.nanoTime() - end < grace.toNanos()) {
        selector.selectedKeys().clear();
        selector.select(grace.toMillis());
        for (SelectionKey key : selector.selectedKeys()) {
          ready((KeptConnection) key.attachment(), end);
        }
      }
      giveUp();
    } catch (IOException e) {
      throw new BenchException("cannot ask port %d: %s".formatted(port, e.getMessage()), e);
    }
    double seconds = (lastAnswerNanos - start) / 1e9;
    return new Answers(nanos.getTotalCount(), failed, why, seconds, nanos);
  }

  private void ready(KeptConnection connection, long end) throws IOException {
    if (!connection.isWaiting()) {
      connection.close(); // at its end, or it says what nobody has asked for
      return;
    }
    boolean whole;
    try {
      whole = connection.read(scratch);
    } catch (IOException e) {
      waiting--;
      fail(String.valueOf(e.getMessage()));
      connection.close();
      if (System.nanoTime() < end) {
        send(KeptConnection.open(port, selector));
      }
      return;
    }
    if (whole) {
      waiting--;
      lastAnswerNanos = System.nanoTime();
      check(connection);
      if (lastAnswerNanos < end) {
        send(connection);
      }
    }
  }

  private void check(KeptConnection connection) {
    AnswerReader answer = connection.answer();
    if (answer.status() == OK && answer.bodyLength() == bodyLength) {
      Histograms.record(nanos, lastAnswerNanos - connection.sentNanos());
    } else {
      fail(answer.firstLine() + " with " + answer.bodyLength() + " bytes");
    }
  }

  private void fail(String reason) {
    failed++;
    why = reason;
  }

  /** On another connection, where the first is broken; that is a request that has failed. */
  private void send(KeptConnection first) throws IOException {
    KeptConnection connection = first;
    while (true) {
      try {
        connection.send(request);
        waiting++;
        return;
      } catch (IOException e) {
        fail(String.valueOf(e.getMessage()));
        connection.close();
        connection = KeptConnection.open(port, selector);
      }
    }
  }

  /** Those that have waited for long enough. */
  private void giveUp() throws IOException {
    for (SelectionKey key : List.copyOf(selector.keys())) {
      KeptConnection connection = (KeptConnection) key.attachment();
      if (connection.isWaiting()) {
        fail("no answer within " + grace.toMillis() + " ms of the window's end");
        connection.close();
      }
    }
  }

  @Override
  public void close() {
    try {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new BenchException("connections cannot be closed: " + e.getMessage(), e);
    }
  }
}
