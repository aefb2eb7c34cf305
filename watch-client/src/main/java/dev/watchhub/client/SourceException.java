package dev.watchhub.client;

import java.io.Serial;

/** A connection is of no more use; the message says why, in a line. Another may be tried. */
final class SourceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private static final int MAX_CHARS = 400;

  SourceException(String message) {
    super(line(message));
  }

  SourceException(String message, Throwable cause) {
    super(line(message), cause);
  }

  /** Servers answer with several lines, or with pages. */
  private static String line(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + "…";
  }
}
