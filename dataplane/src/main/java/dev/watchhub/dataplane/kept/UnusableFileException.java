package dev.watchhub.dataplane.kept;

import java.io.Serial;

/** A file is there and is not to be used. The message goes on from its name. */
final class UnusableFileException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  UnusableFileException(String message) {
    super(message);
  }
}
