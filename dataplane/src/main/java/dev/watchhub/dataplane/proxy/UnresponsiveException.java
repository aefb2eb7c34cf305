package dev.watchhub.dataplane.proxy;

import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** An upstream took too long to begin its answer. */
final class UnresponsiveException extends TimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  UnresponsiveException(Duration limit) {
    super("did not answer within " + limit.toMillis() + " ms");
  }
}
