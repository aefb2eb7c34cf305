package dev.watchhub.hub.pgoutput;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The server sent bytes that this decoder does not understand; the session cannot go on. */
public final class PgOutputException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  PgOutputException(String message) {
    super(message);
  }

  PgOutputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
