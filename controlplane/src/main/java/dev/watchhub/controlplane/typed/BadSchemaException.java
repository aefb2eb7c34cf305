package dev.watchhub.controlplane.typed;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A schema that cannot be used; the message says which and why, in a line. */
public final class BadSchemaException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  BadSchemaException(String message, @Nullable Throwable cause) {
    super(message.lines().findFirst().orElse(""), cause);
  }
}
