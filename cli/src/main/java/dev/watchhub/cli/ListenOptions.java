package dev.watchhub.cli;

import dev.watchhub.http.ListenAddress;
import picocli.CommandLine.Option;

/** Where servers listen: who may reach them, and how far their ports are moved. */
final class ListenOptions {
  @Option(
      names = "--listen",
      paramLabel = "HOST",
      defaultValue = "${env:WATCHHUB_LISTEN:-127.0.0.1}",
      description =
          "address to listen on (default: ${DEFAULT-VALUE}); any but this machine's"
              + " own needs --insecure")
  private String host = "127.0.0.1";

  @Option(
      names = "--insecure",
      description = "allow an address that others can reach: there is no access control yet")
  private boolean insecure;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      defaultValue = "${env:WATCHHUB_PORT_OFFSET:-0}",
      description = "added to every port (default: ${DEFAULT-VALUE})")
  private int portOffset;

  private int moved(int port) {
    long moved = (long) port + portOffset;
    if (moved < 0 || moved > 65_535) {
      throw new UsageException(
          "the port %d, moved by --port-offset %d, is %d: expected 0 to 65535"
              .formatted(port, portOffset, moved));
    }
    return (int) moved;
  }

  /** Where a server with the usual port {@code port} listens. */
  ListenAddress address(int port) {
    try {
      ListenAddress address = new ListenAddress(host, moved(port));
      boolean loopback = address.isLoopback();
      if (!insecure && !loopback) {
        throw new UsageException(
            "--listen "
                + host
                + " can be reached by others, and there is no access control yet: listen on"
                + " 127.0.0.1, or say --insecure");
      }
      return address;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--listen: " + e.getMessage());
    }
  }

  /** Where this machine reaches a server that listens on {@code actualPort}. */
  ListenAddress reachable(int actualPort) {
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    return new ListenAddress(everywhere ? "127.0.0.1" : host, actualPort);
  }

  /** Where a server for this machine's operator listens, whatever {@code --listen} says. */
  ListenAddress loopback(int port) {
    return ListenAddress.loopback(moved(port));
  }
}
