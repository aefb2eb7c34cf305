package dev.watchhub.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes the sockets of a connection that can be cut while it is being made. Public because the JDBC
 * driver constructs it by its name; nobody else should.
 */
public final class DialSocketFactory extends SocketFactory {
  private final String dial;

  /** A factory for the connection attempt of this name. */
  public DialSocketFactory(String dial) {
    this.dial = dial;
  }

  @Override
  public Socket createSocket() throws IOException {
    return Dial.socket(dial);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw connected();
  }

  /** A socket that comes connected could not be cut before. The driver asks for none. */
  private static IOException connected() {
    return new IOException("only sockets that are not connected yet are made here");
  }
}
