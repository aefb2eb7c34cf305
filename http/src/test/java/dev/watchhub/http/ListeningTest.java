package dev.watchhub.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

final class ListeningTest {
  private static final int CLIENTS = 120; // some kernels let no more than 128 wait

  @Test
  void letsManyClientsWaitUntilTheyAreTaken() throws IOException {
    ServerConnector connector =
        Listening.at(ListenAddress.loopback(0), new Server(), new HttpConfiguration());
    connector.open(); // and takes nobody
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = new Socket();
        clients.add(client);
        client.connect(address, 5_000);
      }
      assertThat(clients).allMatch(Socket::isConnected);
    } finally {
      for (Socket client : clients) {
        client.close();
      }
      connector.close();
    }
  }
}
