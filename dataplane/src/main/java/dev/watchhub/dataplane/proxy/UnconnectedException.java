package dev.watchhub.dataplane.proxy;

import java.io.Serial;
import java.net.SocketTimeoutException;

/** A node did not take the connection in time. */
final class UnconnectedException extends SocketTimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  UnconnectedException() {
    super("did not take the connection in time");
  }
}
