package dev.watchhub.http;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The socket that a server takes connections from. Stateless. */
final class Listening {
  /** Clients that come at once, as after a restart, wait here; the usual 50 turn them away. */
  private static final int ACCEPT_QUEUE_COUNT = 4096;

  private Listening() {}

  /** A connector that is not open yet. */
  static ServerConnector at(ListenAddress address, Server server, HttpConfiguration http) {
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(address.host());
    connector.setPort(address.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE_COUNT);
    return connector;
  }
}
