package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.lifecycle.Faults;
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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Streams of events that are read within this process, by one thread, for a load that is written by
 * this process too.
 *
 * <p>Threading: opened and closed by one thread; the listener is called by the thread that reads.
 */
public final class MarkStreams implements AutoCloseable {
  /** A server's queue of connections to be accepted has room for 50 where nobody asked for more. */
  private static final int OPENING_AT_ONCE = 20;

  private static final int ENOUGH = 1_000_000;
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final Duration OPEN_LIMIT = Duration.ofMinutes(1);
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private final Selector selector;
  private final MarkListener listener;
  private final Faults faults;
  private final List<SocketChannel> channels = new ArrayList<>();
  private final Semaphore opening = new Semaphore(OPENING_AT_ONCE);
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable Exception failure;

  private MarkStreams(MarkListener listener, Faults faults) throws IOException {
    this.selector = Selector.open();
    this.listener = listener;
    this.faults = faults;
    this.thread = new Thread(this::read, "mark-streams");
  }

  /**
   * Opens one stream for each path and returns when all of them have begun.
   *
   * @param port on 127.0.0.1
   * @param faults told when one ends before {@link #close}
   */
  public static MarkStreams open(
      int port, List<String> paths, MarkListener listener, Faults faults) {
    try {
      MarkStreams streams = new MarkStreams(listener, faults);
      streams.thread.start();
      try {
        for (String path : paths) {
          streams.begin(1);
          streams.connect(port, path);
        }
        streams.begin(OPENING_AT_ONCE); // all have begun
        if (streams.failure != null) {
          throw new BenchException("a stream did not begin: " + streams.failure);
        }
        return streams;
      } catch (IOException | RuntimeException e) {
        streams.close();
        throw e;
      }
    } catch (IOException e) {
      throw new BenchException("cannot watch on port %d: %s".formatted(port, e.getMessage()), e);
    }
  }

  private void begin(int count) {
    try {
      if (!opening.tryAcquire(count, OPEN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BenchException("a stream did not begin within " + OPEN_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while streams were opened", e);
    }
  }

  private void connect(int port, String path) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channels.add(channel);
    String request = "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n".formatted(path, port);
    ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, new Stream());
    selector.wakeup();
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
      faults.fatal(thread.getName(), e);
    }
    opening.release(ENOUGH); // nobody has to wait for the rest
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
      closeAll();
    }
  }

  private void closeAll() {
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
    private boolean begun;

    @Override
    public void mark(int lane, long number, long sentNanos) {
      listener.mark(lane, number, sentNanos);
    }

    @Override
    public void event(EventKind kind) {
      if (!begun) {
        begun = true;
        opening.release();
      }
      if (kind == EventKind.RESET) {
        fail(new IOException("the hub reset it, as it does with one that fell out of its log"));
      }
    }

    @Override
    public void alive() {}
  }
}
