package dev.watchhub.protocol;

import java.io.Serial;

/** The other side sent bytes that are not of the protocol; the connection cannot go on. */
public final class ProtocolException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What came, and what was expected. */
  public ProtocolException(String message) {
    super(message);
  }
}
