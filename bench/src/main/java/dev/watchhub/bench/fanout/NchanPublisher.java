package dev.watchhub.bench.fanout;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.watchhub.bench.harness.BenchException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** Publishes by {@code POST}, over one connection that is kept. */
final class NchanPublisher implements Publisher {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final String LENGTH = "content-length:";

  private final Socket socket;
  private final InputStream in;

  private NchanPublisher(Socket socket, InputStream in) {
    this.socket = socket;
    this.in = in;
  }

  static NchanPublisher connect(int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return new NchanPublisher(socket, new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new BenchException("cannot connect to nginx: " + e.getMessage(), e);
    }
  }

  @Override
  public void publish(Layout layout, int index, String value) {
    String channel = layout == Layout.SHARED ? "shared" : "own" + index;
    String request =
        "POST /pub/%s HTTP/1.1\r\nHost: nchan\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(channel, value.length(), value);
    try {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      readAnswer();
    } catch (IOException e) {
      throw new BenchException("publishing to nchan failed: " + e.getMessage(), e);
    }
  }

  private void readAnswer() throws IOException {
    String status = line();
    if (!status.startsWith("HTTP/1.1 20")) {
      throw new IOException("it answered '" + status + "', expected 201 or 202");
    }
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Integer.parseInt(header.substring(LENGTH.length()).strip());
      }
    }
    in.skipNBytes(length);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("it closed the connection");
      }
      line.append((char) next);
    }
    return line.substring(0, Math.max(0, line.length() - 1));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new BenchException("a connection cannot be closed: " + e.getMessage(), e);
    }
  }
}
