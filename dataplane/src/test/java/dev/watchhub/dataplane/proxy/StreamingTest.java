package dev.watchhub.dataplane.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.dataplane.RawHttp;
import dev.watchhub.dataplane.ScriptedUpstream;
import dev.watchhub.dataplane.TestPlane;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamingTest {
  private static final long TOTAL_BYTES = 200L << 20;

  /** What two pairs of loopback sockets may hold, far below {@link #TOTAL_BYTES}. */
  private static final long HELD_BYTES = 48L << 20;

  private final TestPlane plane = TestPlane.synced();

  @AfterEach
  void close() {
    plane.close();
  }

  private Socket request(String head) throws IOException {
    Socket client = RawHttp.connect(plane.plane().port());
    client.getOutputStream().write((head + "\r\nHost: a\r\n").getBytes(ISO_8859_1));
    return client;
  }

  private static void writeMuch(OutputStream out, AtomicLong written) throws IOException {
    byte[] block = new byte[64 << 10];
    for (long left = TOTAL_BYTES; left > 0; left -= block.length) {
      for (int i = 0; i < block.length; i += 4096) {
        block[i] = (byte) (left >> 16);
      }
      out.write(block);
      written.addAndGet(block.length);
    }
  }

  /** Reads what {@link #writeMuch} wrote and returns how much of it was right. */
  private static long readMuch(InputStream in) throws IOException {
    long right = 0;
    for (long left = TOTAL_BYTES; left > 0; left -= 64 << 10) {
      byte[] block = in.readNBytes(64 << 10);
      right += block.length == 64 << 10 && block[0] == (byte) (left >> 16) ? block.length : 0;
    }
    return right;
  }

  /** Waits until {@code written} has stopped to grow, which is where nobody reads. */
  private static long settled(AtomicLong written) {
    AtomicLong last = new AtomicLong(-1);
    await("the writer to be held up")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> last.getAndSet(written.get()) == written.get() && written.get() > 0);
    return written.get();
  }

  @Test
  void aClientThatReadsSlowlyHoldsUpTheUpstreamAndGetsEverything() throws Exception {
    AtomicLong written = new AtomicLong();
    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + TOTAL_BYTES + "\r\n\r\n";
    try (ScriptedUpstream upstream =
        ScriptedUpstream.afterHead(
            socket -> {
              socket.getOutputStream().write(head.getBytes(ISO_8859_1));
              writeMuch(socket.getOutputStream(), written);
            })) {
      plane.route("x", "/x", upstream.port());
      try (Socket client = request("GET /x HTTP/1.1")) {
        client.getOutputStream().write("\r\n".getBytes(ISO_8859_1));

        assertThat(settled(written)).isLessThan(HELD_BYTES);

        RawHttp.readUntil(client.getInputStream(), "\r\n\r\n");
        assertThat(readMuch(client.getInputStream())).isEqualTo(TOTAL_BYTES);
      }
    }
  }

  @Test
  void anUpstreamThatReadsSlowlyHoldsUpTheClientAndGetsEverything() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    AtomicLong right = new AtomicLong();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.afterHead(
            socket -> {
              read.await(20, SECONDS);
              right.set(readMuch(socket.getInputStream()));
              socket
                  .getOutputStream()
                  .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(ISO_8859_1));
            })) {
      plane.route("x", "/x", upstream.port());
      try (Socket client = request("POST /x HTTP/1.1")) {
        OutputStream out = client.getOutputStream();
        out.write(("Content-Length: " + TOTAL_BYTES + "\r\n\r\n").getBytes(ISO_8859_1));
        AtomicLong written = new AtomicLong();
        Thread writer =
            new Thread(
                () -> {
                  try {
                    writeMuch(out, written);
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                },
                "slow-upload");
        writer.start();

        assertThat(settled(written)).isLessThan(HELD_BYTES);

        read.countDown();
        RawHttp.readUntil(client.getInputStream(), "\r\n\r\nok");
        writer.join();
        assertThat(right).hasValue(TOTAL_BYTES);
      }
    }
  }

  @Test
  void serverSentEventsPassAtOnce() throws Exception {
    SynchronousQueue<String> events = new SynchronousQueue<>();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.afterHead(
            socket -> {
              OutputStream out = socket.getOutputStream();
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
                      .getBytes(ISO_8859_1));
              for (String event = events.take(); !event.isEmpty(); event = events.take()) {
                out.write(("data: " + event + "\n\n").getBytes(ISO_8859_1));
              }
            })) {
      plane.route("x", "/x", upstream.port());
      try (Socket client = request("GET /x HTTP/1.1")) {
        client.getOutputStream().write("\r\n".getBytes(ISO_8859_1));
        for (int i = 0; i < 100; i++) { // the next is sent when the one before has arrived
          events.put("event " + i);
          RawHttp.readUntil(client.getInputStream(), "data: event " + i + "\n\n");
        }
        events.put("");
        RawHttp.readUntil(client.getInputStream(), "0\r\n\r\n");
      }
    }
  }

  @Test
  void aClientThatLeavesEndsTheRequestToItsUpstream() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.afterHead(
            socket -> {
              OutputStream out = socket.getOutputStream();
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
              try {
                while (true) {
                  out.write(new byte[8192]);
                }
              } catch (IOException e) {
                ended.countDown();
              }
            })) {
      plane.route("x", "/x", upstream.port());
      try (Socket client = request("GET /x HTTP/1.1")) {
        client.getOutputStream().write("\r\n".getBytes(ISO_8859_1));
        RawHttp.readUntil(client.getInputStream(), "\r\n\r\n");
      }

      assertThat(ended.await(20, SECONDS)).isTrue();
      assertThat(plane.admin("/status").body()).contains("\"upstreamFailed\":0");
    }
  }
}
