package dev.watchhub.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A relay between a watcher and its peer that a test can shut, cut and silence. */
final class Gate implements AutoCloseable {
  private final ServerSocket server;
  private final int peerPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger turnedAway = new AtomicInteger();
  private volatile boolean shut;
  private volatile boolean silent;

  private Gate(ServerSocket server, int peerPort) {
    this.server = server;
    this.peerPort = peerPort;
  }

  static Gate to(int peerPort) {
    try {
      Gate gate = new Gate(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), peerPort);
      new Thread(gate::accept, "gate").start();
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
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

  private void accept() {
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
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
