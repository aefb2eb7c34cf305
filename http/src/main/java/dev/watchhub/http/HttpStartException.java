package dev.watchhub.http;

import java.io.Serial;

/** A server could not start; the message says why and what to do, in a line. */
public final class HttpStartException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private HttpStartException(String message, Throwable cause) {
    super(message, cause);
  }

  static HttpStartException cannotListen(
      String name, ListenAddress address, String portOption, Throwable cause) {
    return new HttpStartException(
        "the "
            + name
            + " cannot listen on "
            + address
            + ": the port is taken or the address is not this machine's; choose another with "
            + portOption,
        cause);
  }
}
