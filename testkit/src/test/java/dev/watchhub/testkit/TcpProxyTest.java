package dev.watchhub.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TcpProxyTest {
  private ServerSocket server;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    proxy = TcpProxy.to(server.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(5_000);
    return socket;
  }

  @Test
  void passesBytesAndEndsBothWays() throws IOException {
    try (Socket client = dial();
        Socket peer = server.accept()) {
      client.getOutputStream().write("ping".getBytes(UTF_8));
      client.shutdownOutput();
      assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("ping");
      peer.getOutputStream().write("pong".getBytes(UTF_8));
      peer.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("pong");
      await("it forgets the connection").until(() -> proxy.connectionCount() == 0);
    }
  }

  @Test
  void resetsBothSidesWhenItIsCutAndTakesNewConnections() throws IOException {
    try (Socket client = dial();
        Socket peer = server.accept()) {
      peer.setSoTimeout(5_000);
      proxy.cut();
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> peer.getInputStream().read())
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
    try (Socket client = dial();
        Socket peer = server.accept()) {
      client.getOutputStream().write(1);
      assertThat(peer.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void refusesWhileItIsShut() throws IOException {
    proxy.shut();
    try (Socket client = dial()) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
      assertThat(proxy.refusedCount()).isEqualTo(1);
    }
    proxy.pass();
    try (Socket client = dial();
        Socket peer = server.accept()) {
      client.getOutputStream().write(1);
      assertThat(peer.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void resetsAClientWhoseServerIsAway() throws IOException {
    server.close();
    try (Socket client = dial()) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void holdsBytesBackInOneDirectionAndDeliversThemLater() throws IOException {
    try (Socket client = dial();
        Socket peer = server.accept()) {
      proxy.toServer().stall();
      client.getOutputStream().write("held".getBytes(UTF_8));
      peer.getOutputStream().write(7);
      assertThat(client.getInputStream().read()).as("the other direction").isEqualTo(7);
      peer.setSoTimeout(100);
      assertThatThrownBy(() -> peer.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      peer.setSoTimeout(5_000);
      proxy.toServer().pass();
      assertThat(peer.getInputStream().readNBytes(4)).asString().isEqualTo("held");
    }
  }

  @Test
  void endsAConnectionThatIsHeldBack() throws IOException {
    proxy.stall();
    try (Socket client = dial();
        Socket peer = server.accept()) {
      client.getOutputStream().write(1);
      proxy.cut();
      assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(IOException.class);
      await("it forgets the connection").until(() -> proxy.connectionCount() == 0);
    }
  }

  @Test
  void letsBytesPassAtItsRateAndAfterItsDelay() throws IOException {
    try (Socket client = dial();
        Socket peer = server.accept()) {
      peer.setSoTimeout(5_000);
      proxy.toServer().slow(10_000);
      assertThat(nanosToPass(client, peer)).isGreaterThan(Duration.ofMillis(180).toNanos());
      proxy.toServer().delay(Duration.ofMillis(150));
      assertThat(nanosToPass(client, peer)).isGreaterThan(Duration.ofMillis(150).toNanos());
    }
  }

  private static long nanosToPass(Socket client, Socket peer) throws IOException {
    long start = System.nanoTime();
    client.getOutputStream().write(new byte[2_000]);
    assertThat(peer.getInputStream().readNBytes(2_000)).hasSize(2_000);
    return System.nanoTime() - start;
  }

  @Test
  void sendsNewConnectionsToAnotherServer() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Socket before = dial();
        Socket peer = server.accept()) {
      proxy.target(other.getLocalPort());
      try (Socket after = dial();
          Socket otherPeer = other.accept()) {
        after.getOutputStream().write(2);
        before.getOutputStream().write(1);
        assertThat(otherPeer.getInputStream().read()).isEqualTo(2);
        assertThat(peer.getInputStream().read()).isEqualTo(1);
      }
    }
  }
}
