package dev.watchhub.bench.http;

import dev.watchhub.bench.harness.BenchException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;

/** One connection to a port of 127.0.0.1, which is kept: asks, and waits for the answer. */
public final class Exchange implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int PIECE_BYTES = 64 << 10;

  private final Socket socket;
  private final AnswerReader answer;
  private final byte[] piece = new byte[PIECE_BYTES];

  private Exchange(Socket socket, AnswerReader answer) {
    this.socket = socket;
    this.answer = answer;
  }

  /**
   * Connects.
   *
   * @param longestAnswer bytes of an answer at most, with its head
   */
  public static Exchange connect(int port, int longestAnswer) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) LIMIT.toMillis());
      return new Exchange(socket, new AnswerReader(longestAnswer));
    } catch (IOException e) {
      throw new BenchException("cannot connect to port %d: %s".formatted(port, e.getMessage()), e);
    }
  }

  /**
   * Sends a request.
   *
   * @return its answer, until the next is asked for
   * @throws IOException when there is none within 10 s, or what came is none
   */
  public AnswerReader ask(byte[] request) throws IOException {
    answer.next();
    socket.getOutputStream().write(request);
    int count;
    do {
      count = socket.getInputStream().read(piece);
      if (count < 0) {
        throw new IOException("the server closed the connection");
      }
    } while (!answer.add(ByteBuffer.wrap(piece, 0, count)));
    return answer;
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
