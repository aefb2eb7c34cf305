package dev.watchhub.dataplane.echo;

import dev.watchhub.http.CoreServer;
import dev.watchhub.http.ListenAddress;
import org.eclipse.jetty.http.UriCompliance;

/** A running upstream that answers every request with what it was asked. */
public final class EchoServer implements AutoCloseable {
  private static final int MAX_BODY_BYTES = 4 << 20;

  private final CoreServer server;

  private EchoServer(CoreServer server) {
    this.server = server;
  }

  /**
   * Starts it; it accepts connections when this returns. A body over 4 MiB is answered with 413.
   *
   * @throws dev.watchhub.http.HttpStartException if it cannot listen there
   */
  public static EchoServer start(ListenAddress address) {
    return new EchoServer(
        CoreServer.start(
            "echo upstream",
            address,
            "--echo-port",
            new EchoHandler(MAX_BODY_BYTES),
            http -> {
              http.setRequestHeaderSize(128 * 1024);
              // a path is shown and never followed, so none is dangerous
              http.setUriCompliance(UriCompliance.UNSAFE);
            },
            null));
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Closes the socket and every connection. Idempotent. */
  @Override
  public void close() {
    server.close();
  }
}
