package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A server of event streams that says what a test tells it to. */
final class ScriptedStreams implements AutoCloseable {
  static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  static final String FIRST_LINE = "1\r\n:\r\n2\r\n\n\n\r\n";

  private final ServerSocketChannel listening;
  private final List<Stream> accepted = new ArrayList<>();

  ScriptedStreams() throws IOException {
    listening = ServerSocketChannel.open();
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  int port() {
    return listening.socket().getLocalPort();
  }

  /** The next connection, once its request has come. */
  Stream accept() throws IOException {
    SocketChannel channel = listening.accept();
    ByteBuffer request = ByteBuffer.allocate(4096);
    while (!new String(request.array(), 0, request.position(), UTF_8).endsWith("\r\n\r\n")) {
      if (channel.read(request) < 0) {
        throw new IOException("the client has gone");
      }
    }
    Stream stream = new Stream(channel, new String(request.array(), 0, request.position(), UTF_8));
    accepted.add(stream);
    return stream;
  }

  /** One connection, at the server's end. */
  record Stream(SocketChannel channel, String request) {
    Stream send(String text) throws IOException {
      channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      return this;
    }

    Stream sendChunk(String text) throws IOException {
      return send(Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n");
    }

    /** Sends until the connection takes no more. */
    void fill() throws IOException {
      channel.configureBlocking(false);
      while (channel.write(ByteBuffer.allocate(16 * 1024)) > 0) {}
    }

    boolean takesMore() {
      try {
        return channel.write(ByteBuffer.allocate(1)) > 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Stream stream : accepted) {
      stream.channel().close();
    }
  }
}
