package dev.watchhub.bench.subscribers;

import java.nio.ByteBuffer;

/** Finds bytes in a buffer, eight at a time. Stateless. */
final class ByteSearch {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private ByteSearch() {}

  /**
   * The index of the first byte that is {@code a} or {@code b}, or {@code to} when there is none.
   *
   * @param in in little-endian order
   */
  static int find(ByteBuffer in, int from, int to, byte a, byte b) {
    long everyA = ONES * Byte.toUnsignedLong(a);
    long everyB = ONES * Byte.toUnsignedLong(b);
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long word = in.getLong(i);
      long hits = zeroBytes(word ^ everyA) | zeroBytes(word ^ everyB);
      if (hits != 0) {
        return i + Long.numberOfTrailingZeros(hits) / Byte.SIZE;
      }
    }
    for (; i < to; i++) {
      byte c = in.get(i);
      if (c == a || c == b) {
        return i;
      }
    }
    return to;
  }

  /** The high bit of each zero byte; bytes above the lowest of them may be marked wrongly. */
  private static long zeroBytes(long word) {
    return (word - ONES) & ~word & HIGH_BITS;
  }
}
