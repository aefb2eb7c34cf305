package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Takes one HTTP/1.1 response apart: head, chunks, the stream of events in them.
 *
 * <p>Bytes may come in any pieces. One thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, chunked transfer
 *     coding</a>
 */
final class ResponseScanner {
  private enum State {
    HEAD,
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK,
    CHUNK_END,
    /** A body without a length: until the connection ends. */
    UNTIL_CLOSE,
    ENDED
  }

  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final int MAX_SIZE_DIGITS = 7;
  private static final String HEAD_END = "\r\n\r\n";

  private final EventScanner events;
  private final StringBuilder head = new StringBuilder();
  private State state = State.HEAD;
  private int size;
  private int digits;

  ResponseScanner(EventScanner events) {
    this.events = events;
  }

  /** Whether the head has been read. */
  boolean isOpen() {
    return state != State.HEAD;
  }

  /** Whether the last chunk has been read. */
  boolean isEnded() {
    return state == State.ENDED;
  }

  /**
   * Reads all that remains of {@code in}.
   *
   * @throws RefusedException if this is not an answer with a stream of events
   */
  void read(ByteBuffer in) throws RefusedException {
    int i = in.position();
    int to = in.limit();
    while (i < to) {
      switch (state) {
        case HEAD -> headByte(in.get(i++));
        case CHUNK_SIZE -> sizeByte(in.get(i++));
        case CHUNK_EXTENSION -> {
          if (in.get(i++) == '\n') {
            beginChunk();
          }
        }
        case CHUNK -> {
          int end = Math.min(to, i + size);
          events.scan(in, i, end);
          size -= end - i;
          i = end;
          if (size == 0) {
            state = State.CHUNK_END;
          }
        }
        case CHUNK_END -> {
          if (in.get(i++) == '\n') {
            beginSize();
          }
        }
        case UNTIL_CLOSE -> {
          events.scan(in, i, to);
          i = to;
        }
        case ENDED -> i = to;
      }
    }
    in.position(to);
  }

  private void headByte(byte next) throws RefusedException {
    head.append((char) (next & 0xff));
    if (next == '\n' && head.length() >= 4 && head.indexOf(HEAD_END, head.length() - 4) >= 0) {
      openBody(head.toString());
      head.setLength(0);
      head.trimToSize();
    } else if (head.length() > MAX_HEAD_BYTES) {
      throw new RefusedException("the answer's head is longer than " + MAX_HEAD_BYTES + " bytes");
    }
  }

  private void openBody(String text) throws RefusedException {
    String statusLine = text.substring(0, text.indexOf('\r'));
    if (!statusLine.startsWith("HTTP/1.1 200")) {
      throw new RefusedException("the server answered '" + statusLine + "', expected a 200");
    }
    if (!text.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n")) {
      state = State.UNTIL_CLOSE;
    } else {
      beginSize();
    }
  }

  private void beginSize() {
    state = State.CHUNK_SIZE;
    size = 0;
    digits = 0;
  }

  private void sizeByte(byte next) throws RefusedException {
    int digit = Character.digit(next, 16);
    if (digit >= 0 && digits < MAX_SIZE_DIGITS) {
      size = size << 4 | digit;
      digits++;
    } else if (digits > 0 && (next == '\r' || next == ';' || next == ' ')) {
      state = State.CHUNK_EXTENSION;
    } else {
      throw new RefusedException(
          "a chunk's size has the byte '%s', expected up to %d hexadecimal digits"
              .formatted(new String(new byte[] {next}, ISO_8859_1), MAX_SIZE_DIGITS));
    }
  }

  private void beginChunk() {
    state = size == 0 ? State.ENDED : State.CHUNK;
  }
}
