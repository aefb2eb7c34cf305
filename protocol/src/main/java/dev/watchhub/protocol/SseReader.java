package dev.watchhub.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into server-sent events. Comments are passed over. Not thread-safe.
 *
 * @see <a
 *     href="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream">
 *     parsing an event stream</a>
 */
public final class SseReader {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final int maxEventBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;
  private boolean afterCarriageReturn;

  /**
   * @param in UTF-8 text, read in large pieces; the caller closes it
   * @param maxEventBytes longest line, and most data of one event, that is taken
   */
  public SseReader(InputStream in, int maxEventBytes) {
    this.in = in;
    this.maxEventBytes = maxEventBytes;
  }

  /**
   * Waits for the next event; empty at the end of the stream, where an event without its closing
   * empty line is dropped.
   *
   * @throws IOException if the stream breaks
   * @throws ProtocolException if an event is longer than allowed
   */
  public Optional<SseEvent> next() throws IOException {
    String name = "message";
    @Nullable String id = null;
    @Nullable StringBuilder data = null;
    for (@Nullable String line = line(); line != null; line = line()) {
      if (line.isEmpty()) {
        if (data != null) {
          return Optional.of(new SseEvent(name, id, data.toString()));
        }
        name = "message"; // an event without data is none
        id = null;
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (field) {
        case "event" -> name = value;
        case "id" -> id = value.indexOf('\0') < 0 ? value : id; // as the standard has it
        case "data" -> data = append(data, value);
        default -> {} // a comment, a retry time, or a field of a later version
      }
    }
    return Optional.empty();
  }

  private StringBuilder append(@Nullable StringBuilder data, String value) {
    if (data == null) {
      return new StringBuilder(value);
    }
    if (data.length() + 1 + value.length() > maxEventBytes) {
      throw new ProtocolException("an event of more than " + maxEventBytes + " bytes");
    }
    return data.append('\n').append(value);
  }

  /** One line without its end, which is LF, CR or CRLF; null at the end of the stream. */
  private @Nullable String line() throws IOException {
    ByteArrayOutputStream begun = new ByteArrayOutputStream(0); // of a line that spans two reads
    while (true) {
      for (int i = next; i < end; i++) {
        byte b = buffer[i];
        if (b == '\n' && afterCarriageReturn && i == next && begun.size() == 0) {
          next = i + 1; // the second half of a CRLF
          afterCarriageReturn = false;
          continue;
        }
        if (b == '\n' || b == '\r') {
          afterCarriageReturn = b == '\r';
          take(begun, i);
          next = i + 1;
          return begun.toString(UTF_8);
        }
      }
      if (next < end) {
        afterCarriageReturn = false;
      }
      take(begun, end);
      next = 0;
      end = Math.max(in.read(buffer), 0);
      if (end == 0) {
        return null;
      }
    }
  }

  /** Adds what was read, up to {@code to}, to the line. */
  private void take(ByteArrayOutputStream begun, int to) {
    if (begun.size() + to - next > maxEventBytes) {
      throw new ProtocolException("a line of more than " + maxEventBytes + " bytes");
    }
    begun.write(buffer, next, to - next);
  }
}
