package dev.watchhub.bench.proxy;

import dev.watchhub.bench.http.AnswerReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection of the {@link ClosedLoop}, with a request on its way or none. Not thread-safe. */
final class KeptConnection implements AutoCloseable {
  /** Bytes of an answer at most. */
  static final int LONGEST_ANSWER = 16 << 10;

  private final SocketChannel channel;
  private final AnswerReader reader = new AnswerReader(LONGEST_ANSWER);
  private long sentNanos;
  private boolean waiting;

  private KeptConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connects to a port of 127.0.0.1; its key has it as attachment. */
  static KeptConnection open(int port, Selector selector) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      KeptConnection connection = new KeptConnection(channel);
      channel.register(selector, SelectionKey.OP_READ, connection);
      return connection;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Sends a request, which is short enough to fit into the socket's buffer. */
  void send(ByteBuffer request) throws IOException {
    reader.next();
    sentNanos = System.nanoTime();
    waiting = true;
    if (channel.write(request.duplicate()) < request.remaining()) {
      throw new IOException("the socket took a part of the request only");
    }
  }

  /**
   * Reads what there is.
   *
   * @param scratch overwritten
   * @return whether the answer is whole
   */
  boolean read(ByteBuffer scratch) throws IOException {
    scratch.clear();
    if (channel.read(scratch) < 0) {
      throw new IOException("the connection was closed before the answer's end");
    }
    boolean whole = reader.add(scratch.flip());
    waiting = !whole;
    return whole;
  }

  AnswerReader answer() {
    return reader;
  }

  /** When the request was sent, by {@link System#nanoTime}. */
  long sentNanos() {
    return sentNanos;
  }

  /** Whether a request has no answer yet. */
  boolean isWaiting() {
    return waiting;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
