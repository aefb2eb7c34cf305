package dev.watchhub.bench.subscribers;

import java.io.IOException;

/** A server did not answer with a stream of events; the message says what it did. */
final class RefusedException extends IOException {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
