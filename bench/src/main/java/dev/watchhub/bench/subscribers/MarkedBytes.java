package dev.watchhub.bench.subscribers;

import java.nio.ByteBuffer;

/** Finds the mark in the message of one event, whatever else stands in it. Stateless. */
public final class MarkedBytes {
  private static final int DIGITS = Mark.LENGTH - 1;

  private MarkedBytes() {}

  /**
   * Tells of the first mark in what remains of {@code message}, which stays as it is.
   *
   * @return false when there is none
   */
  public static boolean find(ByteBuffer message, MarkListener listener) {
    int last = message.limit() - Mark.LENGTH;
    for (int at = message.position(); at <= last; at++) {
      if (message.get(at) == Mark.BEGIN && areDigits(message, at + 1)) {
        int numberAt = at + 1 + Mark.LANE_DIGITS;
        int timeAt = numberAt + Mark.NUMBER_DIGITS;
        listener.mark(
            (int) hex(message, at + 1, numberAt),
            hex(message, numberAt, timeAt),
            hex(message, timeAt, timeAt + Mark.TIME_DIGITS));
        return true;
      }
    }
    return false;
  }

  private static boolean areDigits(ByteBuffer message, int from) {
    for (int i = from; i < from + DIGITS; i++) {
      if (Character.digit(message.get(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static long hex(ByteBuffer message, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value << 4 | Character.digit(message.get(i), 16);
    }
    return value;
  }
}
