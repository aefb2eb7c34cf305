package dev.watchhub.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A relay between a watcher and its peers that a test can shut, cut and silence. */
final class Gate implements AutoCloseable {
  private final List<ServerSocket> servers = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger turnedAway = new AtomicInteger();
  private volatile boolean shut;
  private volatile boolean silent;

  private Gate() {}

  /** A gate with a port for each peer. */
  static Gate to(int... peerPorts) {
    Gate gate = new Gate();
    try {
      for (int peerPort : peerPorts) {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        gate.servers.add(server);
        new Thread(() -> gate.accept(server, peerPort), "gate").start();
      }
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port(0);
  }

  /** The port that leads to a peer, counted from 0. */
  int port(int peer) {
    return servers.get(peer).getLocalPort();
  }

  /** Ends every connection without a word, and each new one. */
  void shut() {
    shut = true;
    cut();
  }

  void open() {
    shut = false;
  }

  /** Ends every connection; new ones may come. */
  void cut() {
    sockets.forEach(Gate::close);
  }

  /** Connections stay as they are, and nothing passes through them any more. */
  void silence() {
    silent = true;
  }

  void speak() {
    silent = false;
    cut();
  }

  /** Connections that came while it was shut. */
  int turnedAwayCount() {
    return turnedAway.get();
  }

  private void accept(ServerSocket server, int peerPort) {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        if (shut) { // after the add, so that no connection slips through
          turnedAway.incrementAndGet();
          close(client);
          continue;
        }
        Socket peer = new Socket(InetAddress.getLoopbackAddress(), peerPort);
        sockets.add(peer);
        new Thread(() -> pump(client, peer), "gate-out").start();
        new Thread(() -> pump(peer, client), "gate-in").start();
        if (shut) {
          cut();
        }
      } catch (IOException e) {
        cut(); // the peer is away, or the gate is closed
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[64 * 1024];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!silent) {
          out.write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      close(from); // cut: the other direction ends as well
    }
    sockets.remove(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    shut();
    try {
      for (ServerSocket server : servers) {
        server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
