package dev.watchhub.dataplane.routes;

import java.io.Serial;

/**
 * A value is no route; never leaves {@link RouteParser}. Its message names the field and what was
 * expected, and quotes nothing of the value.
 */
final class BadRouteException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  BadRouteException(String reason) {
    super(reason, null, false, false);
  }

  /** What is wrong with the value. */
  String reason() {
    return String.valueOf(getMessage());
  }
}
