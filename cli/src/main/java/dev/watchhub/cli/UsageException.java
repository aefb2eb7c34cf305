package dev.watchhub.cli;

import java.io.Serial;

/** The options do not go together; the message says which, and what was expected. */
final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
