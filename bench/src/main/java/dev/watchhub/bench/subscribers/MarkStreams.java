package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.watchhub.bench.harness.BenchException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Streams of events that are read within this process, by one thread, for a load that is written by
 * this process too.
 *
 * <p>Threading: opened and closed by one thread; the listener is called by the thread that reads.
 */
public final class MarkStreams implements AutoCloseable {
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final Duration OPEN_LIMIT = Duration.ofMinutes(1);
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final Selector selector;
  private final List<SocketChannel> channels;
  private final CountDownLatch pending;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Exception failure;

  private MarkStreams(Selector selector, List<SocketChannel> channels) {
    this.selector = selector;
    this.channels = channels;
    this.pending = new CountDownLatch(channels.size());
    this.thread = new Thread(this::read, "mark-streams");
  }

  /**
   * Opens one stream for each path and returns when all of them have begun.
   *
   * @param port on 127.0.0.1
   */
  public static MarkStreams open(int port, List<String> paths, MarkListener listener) {
    List<SocketChannel> channels = new ArrayList<>();
    MarkStreams streams;
    try {
      streams = new MarkStreams(Selector.open(), channels(port, paths, channels));
      for (SocketChannel channel : channels) {
        channel.register(streams.selector, SelectionKey.OP_READ, streams.new Stream(listener));
      }
    } catch (IOException e) {
      closeAll(channels);
      throw new BenchException("cannot watch on port %d: %s".formatted(port, e.getMessage()), e);
    }
    streams.thread.start();
    streams.awaitOpen();
    return streams;
  }

  /** Connects and asks one after the other, so that no queue of the server's overflows. */
  private static List<SocketChannel> channels(
      int port, List<String> paths, List<SocketChannel> channels) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (String path : paths) {
      SocketChannel channel = SocketChannel.open(server);
      channels.add(channel);
      String request = "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n".formatted(path, port);
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.configureBlocking(false);
    }
    return channels;
  }

  private void awaitOpen() {
    try {
      if (!pending.await(OPEN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        close();
        throw new BenchException(
            "%d of %d streams did not begin within %s"
                .formatted(pending.getCount(), channels.size(), OPEN_LIMIT));
      }
      check();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while streams were opened", e);
    }
  }

  /**
   * Makes sure that all streams are there.
   *
   * @throws BenchException when one has ended
   */
  public void check() {
    Exception reason = failure;
    if (reason != null) {
      throw new BenchException("a stream ended: " + reason.getMessage(), reason);
    }
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (!closed) {
        selector.select(key -> read(key, buffer));
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) {
    try {
      Stream stream = (Stream) key.attachment();
      if (((SocketChannel) key.channel()).read(buffer.clear()) < 0) {
        throw new IOException("the server ended it");
      }
      stream.response.read(buffer.flip());
    } catch (IOException e) {
      key.cancel();
      fail(e);
    }
  }

  private void fail(Exception e) {
    if (!closed && failure == null) {
      failure = e;
    }
    while (pending.getCount() > 0) {
      pending.countDown();
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join(END_LIMIT.toMillis());
      selector.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new BenchException("cannot close a selector", e);
    } finally {
      closeAll(channels);
    }
  }

  private static void closeAll(List<SocketChannel> channels) {
    for (SocketChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new BenchException("cannot close a connection", e);
      }
    }
  }

  /** One stream; it has begun with its first whole event, which is a bookmark or a snapshot. */
  private final class Stream implements EventScanner.Listener {
    final ResponseScanner response = new ResponseScanner(new EventScanner(this));
    private final MarkListener listener;
    private boolean begun;

    Stream(MarkListener listener) {
      this.listener = listener;
    }

    @Override
    public void mark(int lane, long number, long sentNanos) {
      listener.mark(lane, number, sentNanos);
    }

    @Override
    public void event(EventKind kind) {
      if (!begun) {
        begun = true;
        pending.countDown();
      }
      if (kind == EventKind.RESET) {
        fail(new IOException("the hub reset it, as it does with one that fell out of its log"));
      }
    }

    @Override
    public void alive() {}
  }
}
