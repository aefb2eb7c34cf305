package dev.watchhub.bench.harness;

import java.io.Serial;

/** A measurement that cannot be made or does not count; the message says what was in the way. */
public final class BenchException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public BenchException(String message) {
    super(message);
  }

  public BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
