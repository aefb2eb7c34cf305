package dev.watchhub.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client that asks for a watch and then reads nothing of it. */
record IdleReader(Socket socket) implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;

  /** Asks for the watch and waits until the answer begins. */
  static IdleReader open(int port, String query) {
    try {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(BUFFER_BYTES);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket
          .getOutputStream()
          .write(
              "GET /watch%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .formatted(query)
                  .getBytes(US_ASCII));
      if (socket.getInputStream().read() < 0) {
        throw new IOException("the hub has closed the connection");
      }
      return new IdleReader(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its own end, as the hub names it. */
  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
