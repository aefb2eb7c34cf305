package dev.watchhub.bench.subscribers;

import java.nio.ByteBuffer;

/**
 * Finds the events of one stream of server-sent events, and the marks in them, looking at as few
 * bytes as it can and keeping none.
 *
 * <p>Bytes may come in any pieces. Lines end in LF or CRLF. One thread.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">server-sent
 *     events</a>
 */
final class EventScanner {
  /** Told what is found, while bytes are looked at. */
  interface Listener {
    /** A mark in the data of a message. */
    void mark(int lane, long number, long sentNanos);

    /** The end of an event. */
    void event(EventKind kind);

    /** A line that begins with a colon, or the first of another kind: the stream is live. */
    void alive();
  }

  private enum State {
    LINE_START,
    /** In a line that says nothing here. */
    SKIPPED,
    /** In {@code event: }, and then in the name. */
    NAME,
    /** In the data of a message. */
    DATA,
    MARK
  }

  private static final int NAME_AT = "event: ".length();
  private static final int DIGITS = Mark.LANE_DIGITS + Mark.NUMBER_DIGITS + Mark.TIME_DIGITS;

  private final Listener listener;
  private State state = State.LINE_START;
  private EventKind kind = EventKind.MESSAGE;
  private boolean inEvent;
  private int count; // bytes of the line, or digits of the mark
  private int letters;
  private int lane;
  private long number;
  private long sentNanos;

  EventScanner(Listener listener) {
    this.listener = listener;
  }

  /** Looks at the bytes from {@code from} up to {@code to}, exclusive. */
  void scan(ByteBuffer in, int from, int to) {
    int i = from;
    while (i < to) {
      i =
          switch (state) {
            case LINE_START -> lineStart(in.get(i), i);
            case SKIPPED -> skip(in, i, to);
            case NAME -> name(in.get(i), i);
            case DATA -> data(in, i, to);
            case MARK -> digit(in.get(i), i);
          };
    }
  }

  private int lineStart(byte first, int at) {
    switch (first) {
      case '\n' -> {
        if (inEvent) {
          listener.event(kind);
        }
        kind = EventKind.MESSAGE;
        inEvent = false;
      }
      case '\r' -> {}
      case ':' -> {
        state = State.SKIPPED;
        listener.alive();
      }
      case 'e' -> {
        state = State.NAME;
        count = 1;
        letters = 0;
      }
      case 'd' -> {
        state = kind == EventKind.MESSAGE ? State.DATA : State.SKIPPED;
        inEvent = true;
        listener.alive();
      }
      default -> state = State.SKIPPED;
    }
    return at + 1;
  }

  private int skip(ByteBuffer in, int from, int to) {
    int end = ByteSearch.find(in, from, to, (byte) '\n', (byte) '\n');
    if (end == to) {
      return to;
    }
    state = State.LINE_START;
    return end + 1;
  }

  private int name(byte next, int at) {
    if (next == '\n') {
      state = State.LINE_START;
      return at + 1;
    }
    if (count >= NAME_AT) {
      letters = letters << Byte.SIZE | next;
    }
    count++;
    if (count == NAME_AT + 2) {
      kind = EventKind.of(letters);
      state = State.SKIPPED;
    }
    return at + 1;
  }

  private int data(ByteBuffer in, int from, int to) {
    int end = ByteSearch.find(in, from, to, (byte) '\n', Mark.BEGIN);
    if (end == to) {
      return to;
    }
    if (in.get(end) == '\n') {
      state = State.LINE_START;
    } else {
      state = State.MARK;
      count = 0;
      lane = 0;
      number = 0;
      sentNanos = 0;
    }
    return end + 1;
  }

  private int digit(byte next, int at) {
    int digit = Character.digit(next, 16);
    if (digit < 0) {
      state = State.DATA; // an at sign of another origin
      return at;
    }
    if (count < Mark.LANE_DIGITS) {
      lane = lane << 4 | digit;
    } else if (count < Mark.LANE_DIGITS + Mark.NUMBER_DIGITS) {
      number = number << 4 | digit;
    } else {
      sentNanos = sentNanos << 4 | digit;
    }
    count++;
    if (count == DIGITS) {
      state = State.DATA;
      listener.mark(lane, number, sentNanos);
    }
    return at + 1;
  }
}
