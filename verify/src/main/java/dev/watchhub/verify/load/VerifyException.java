package dev.watchhub.verify.load;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Nothing can be checked; the message says in one line what is in the way. */
public final class VerifyException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  VerifyException(String message) {
    super(message);
  }

  VerifyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
