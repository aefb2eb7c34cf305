package dev.watchhub.bench.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the answers to requests that are sent one at a time over a connection. They have a {@code
 * Content-Length}, and fit into so many bytes with their head. Not thread-safe.
 */
public final class AnswerReader {
  private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(ISO_8859_1);
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final int CASE = 'a' - 'A';

  private final byte[] bytes;
  private int size;
  private int headEnd; // behind the empty line; 0 while that has not come
  private int bodyLength;

  /**
   * @param longest bytes of an answer at most
   */
  public AnswerReader(int longest) {
    bytes = new byte[longest];
  }

  /**
   * Adds what has come.
   *
   * @param more what remains in it, all of which is taken
   * @return whether the answer is whole
   * @throws IOException if this is no answer, or more than one
   */
  public boolean add(ByteBuffer more) throws IOException {
    int count = more.remaining();
    if (count > bytes.length - size) {
      throw new IOException("an answer is longer than " + bytes.length + " bytes");
    }
    more.get(bytes, size, count);
    int searched = Math.max(0, size - 3);
    size += count;
    if (headEnd == 0) {
      headEnd = endOfHead(searched);
      if (headEnd == 0) {
        return false;
      }
      bodyLength = contentLength();
    }
    if (size > headEnd + bodyLength) {
      throw new IOException("more came than an answer of " + bodyLength + " bytes");
    }
    return size == headEnd + bodyLength;
  }

  private int endOfHead(int from) {
    for (int i = from; i + 3 < size; i++) {
      if (bytes[i] == '\r'
          && bytes[i + 1] == '\n'
          && bytes[i + 2] == '\r'
          && bytes[i + 3] == '\n') {
        return i + 4;
      }
    }
    return 0;
  }

  private int contentLength() throws IOException {
    for (int i = 0; i + LENGTH.length < headEnd; i++) {
      if (bytes[i] == '\r' && isLengthAt(i)) {
        int end = i + LENGTH.length;
        while (bytes[end] != '\r') {
          end++;
        }
        int start = i + LENGTH.length;
        return Integer.parseInt(new String(bytes, start, end - start, ISO_8859_1).strip());
      }
    }
    throw new IOException("an answer has no Content-Length: " + firstLine());
  }

  private boolean isLengthAt(int at) {
    for (int i = 0; i < LENGTH.length; i++) {
      int c = bytes[at + i];
      if (c != LENGTH[i] && (c < 'A' || c > 'Z' || c + CASE != LENGTH[i])) {
        return false;
      }
    }
    return true;
  }

  /** The status of the answer that is whole; 0 where none stands. */
  public int status() {
    int status = 0;
    for (int i = STATUS_AT; i < STATUS_AT + 3; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return 0;
      }
      status = status * 10 + bytes[i] - '0';
    }
    return status;
  }

  /** How long the body of the answer is. */
  public int bodyLength() {
    return bodyLength;
  }

  /** What the answer begins with, for a person. */
  public String firstLine() {
    String text = new String(bytes, 0, Math.min(size, 100), ISO_8859_1);
    return "'" + text.lines().findFirst().orElse("") + "'";
  }

  /** The body of the answer that is whole, one character for each byte. */
  public String body() {
    return new String(bytes, headEnd, bodyLength, ISO_8859_1);
  }

  /** Begins with the next answer. */
  public void next() {
    size = 0;
    headEnd = 0;
    bodyLength = 0;
  }
}
