package dev.watchhub.protocol;

import java.util.Locale;
import java.util.Optional;

/**
 * A byte position in the write-ahead log, an unsigned 64-bit offset.
 *
 * @param value the raw offset in bytes; compare only through {@link #compareTo}, which is unsigned
 * @see <a href="https://www.postgresql.org/docs/18/datatype-pg-lsn.html">pg_lsn</a>
 */
public record Lsn(long value) implements Comparable<Lsn> {
  /** The position that no record has. */
  public static final Lsn ZERO = new Lsn(0);

  /** Reads the form {@code 16/B374D848}: two hexadecimal numbers of 1 to 8 digits; else empty. */
  public static Optional<Lsn> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
      return Optional.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i != slash && (c > 'f' || Character.digit(c, 16) < 0)) { // digit() knows other scripts
        return Optional.empty();
      }
    }
    long high = Long.parseLong(text, 0, slash, 16);
    long low = Long.parseLong(text, slash + 1, text.length(), 16);
    return Optional.of(new Lsn((high << 32) | low));
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  /** Bytes from {@code older} up to this position; negative when {@code older} lies beyond it. */
  public long bytesSince(Lsn older) {
    return value - older.value;
  }

  @Override
  public String toString() {
    String high = Long.toHexString(value >>> 32); // no format string: each commit has one
    return (high + "/" + Long.toHexString(value & 0xFFFF_FFFFL)).toUpperCase(Locale.ROOT);
  }
}
