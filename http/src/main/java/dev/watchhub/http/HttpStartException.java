package dev.watchhub.http;

import java.io.Serial;

/** A server could not start; the message says why and what to do, in a line. */
public final class HttpStartException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  HttpStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
