package dev.watchhub.dataplane;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a steady rate over connections that stay open, each of which must be answered by 200.
 */
final class SteadyRequests implements AutoCloseable {
  private static final int CLIENTS = 8;

  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicLong count = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  private SteadyRequests() {}

  /** Starts to ask for {@code path}, so many times a second in all, or as often as it can. */
  static SteadyRequests start(int port, String path, int perSecond) {
    SteadyRequests requests = new SteadyRequests();
    for (int i = 0; i < CLIENTS; i++) {
      Thread thread =
          new Thread(
              () -> requests.run(port, path, 1_000_000_000L * CLIENTS / perSecond),
              "steady-requests-" + i);
      requests.threads.add(thread);
      thread.start();
    }
    return requests;
  }

  private void run(int port, String path, long gapNanos) {
    byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(ISO_8859_1);
    try (Socket socket = RawHttp.connect(port)) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      for (long next = System.nanoTime(); running.get(); next += gapNanos) {
        LockSupport.parkNanos(next - System.nanoTime());
        socket.getOutputStream().write(request);
        String head = RawHttp.readUntil(in, "\r\n\r\n");
        int length =
            Integer.parseInt(head.replaceFirst("(?is).*\r\ncontent-length: *(\\d+)\r\n.*", "$1"));
        in.skipNBytes(length);
        count.incrementAndGet();
        if (!head.startsWith("HTTP/1.1 200 ")) {
          failures.add(head);
        }
      }
    } catch (Exception e) {
      failures.add(e.toString());
    }
  }

  /** How many were answered. */
  long count() {
    return count.get();
  }

  /** What went wrong: heads of answers, and exceptions. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    running.set(false);
    for (Thread thread : threads) {
      try {
        thread.join(); // it ends: its reads have a limit
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
