package dev.watchhub.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a server listens.
 *
 * @param host a name or a numeric address, IPv6 without brackets
 * @param port 0 to 65535; 0 lets the system choose
 */
public record ListenAddress(String host, int port) {
  public ListenAddress {
    if (host.isBlank() || port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "'" + host + ":" + port + "' is no address: expected HOST:PORT, a port of 0 to 65535");
    }
  }

  /** This port on this machine only. */
  public static ListenAddress loopback(int port) {
    return new ListenAddress("127.0.0.1", port);
  }

  /**
   * Whether only this machine can reach it.
   *
   * @throws IllegalArgumentException if the host has no address
   */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address is known for the host '" + host + "'", e);
    }
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
