package dev.watchhub.dataplane.routes;

import java.io.Serial;

/**
 * A value is not what it should be; never leaves the parsers. Its message names the field and what
 * was expected, and quotes nothing of the value.
 */
final class BadValueException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  BadValueException(String reason) {
    super(reason, null, false, false);
  }

  /** What is wrong with the value. */
  String reason() {
    return String.valueOf(getMessage());
  }
}
