package dev.watchhub.bench.subscribers;

/**
 * What the value of each event of the load begins with: {@code @}, then in hexadecimal digits the
 * lane (2), the number within the lane (8) and when it was sent (16).
 *
 * <p>Who publishes through several connections has a lane for each, since commits of different
 * connections come in any order.
 */
public final class Mark {
  /** How many lanes there can be. */
  public static final int LANES = 256;

  /** Characters that a mark takes; a value is at least that long. */
  public static final int LENGTH = 27;

  static final byte BEGIN = '@';
  static final int LANE_DIGITS = 2;
  static final int NUMBER_DIGITS = 8;
  static final int TIME_DIGITS = 16;

  private static final String PADDING = "abcdefghijklmnopqrstuvwxyz0123456789";

  private Mark() {}

  /**
   * A value that carries a mark.
   *
   * @param lane from 0, below {@link #LANES}
   * @param number rises by one within the lane, as each subscriber sees it
   * @param sentNanos {@link System#nanoTime}, which all processes of a Linux machine share
   * @param length of the value in characters, all of them ASCII
   */
  public static String value(int lane, long number, long sentNanos, int length) {
    if (lane < 0 || lane >= LANES || length < LENGTH) {
      throw new IllegalArgumentException(
          "lane %d, length %d: expected a lane below %d and a length from %d"
              .formatted(lane, length, LANES, LENGTH));
    }
    StringBuilder value = new StringBuilder(length).append((char) BEGIN);
    hex(value, lane, LANE_DIGITS);
    hex(value, number, NUMBER_DIGITS);
    hex(value, sentNanos, TIME_DIGITS);
    while (value.length() < length) {
      value.append(PADDING, 0, Math.min(PADDING.length(), length - value.length()));
    }
    return value.toString();
  }

  private static void hex(StringBuilder out, long number, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
      out.append(Character.forDigit((int) (number >>> (4 * i)) & 0xf, 16));
    }
  }
}
