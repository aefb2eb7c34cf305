package dev.watchhub.hub.replication;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The database is not set up for a hub; the message says what is missing and the statement that
 * mends it. Trying again does not help before somebody has.
 */
public final class SetupException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  SetupException(String message) {
    super(message);
  }

  SetupException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
