package dev.watchhub.protocol;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the commit order of one database cluster. Clients treat its text as opaque.
 *
 * <p>A commit's position is its end LSN; resuming at a position means the first commit whose end
 * lies after it. The text is {@code <cluster>-<timeline>-<lsn>} in lower-case hexadecimal of fixed
 * width, so that the order of two texts of one timeline is the order of their positions.
 *
 * @param cluster the system identifier that initdb drew, an unsigned number
 * @param timeline the timeline that the LSN lies on, from 1
 * @param lsn everything that ends at or before it is behind this position
 */
public record Position(long cluster, int timeline, Lsn lsn) {
  private static final Pattern FORM =
      Pattern.compile("([0-9a-f]{16})-([0-9a-f]{8})-([0-9a-f]{16})");

  public Position {
    if (timeline == 0) {
      throw new IllegalArgumentException("timeline 0");
    }
  }

  /** Reads what {@link #toString} wrote; empty for anything else. */
  public static Optional<Position> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int timeline = Integer.parseUnsignedInt(matcher.group(2), 16);
    return timeline == 0
        ? Optional.empty()
        : Optional.of(
            new Position(
                Long.parseUnsignedLong(matcher.group(1), 16),
                timeline,
                new Lsn(Long.parseUnsignedLong(matcher.group(3), 16))));
  }

  /** The same cluster and timeline at another LSN. */
  public Position at(Lsn other) {
    return new Position(cluster, timeline, other);
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of(); // no format string: each commit has it twice
    return hex.toHexDigits(cluster)
        + "-"
        + hex.toHexDigits(timeline)
        + "-"
        + hex.toHexDigits(lsn.value());
  }
}
