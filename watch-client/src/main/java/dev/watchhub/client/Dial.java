package dev.watchhub.client;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of the JDBC driver to connect, which can be cut while the driver waits in it.
 *
 * <p>The driver has no call for that, and makes its sockets by a factory that it constructs itself
 * ({@link DialSocketFactory}); so the two find each other by a name.
 *
 * <p>Threading: any thread.
 */
final class Dial {
  private static final Logger LOG = LoggerFactory.getLogger(Dial.class);
  private static final Map<String, Dial> UNDER_WAY = new ConcurrentHashMap<>();

  private final String name = UUID.randomUUID().toString();
  private final CopyOnWriteArrayList<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  /** Lets the driver find this dial by the {@link #name} until {@link #end}. */
  String begin() {
    UNDER_WAY.put(name, this);
    return name;
  }

  /** The driver makes no more sockets; those that it made can still be cut. */
  void end() {
    UNDER_WAY.remove(name);
  }

  /** A socket of the dial called {@code name}, not connected. */
  static Socket socket(String name) throws IOException {
    Dial dial = UNDER_WAY.get(name);
    if (dial == null) {
      throw new IOException("no connection is being made by the name " + name);
    }
    Socket socket = new Socket();
    dial.sockets.add(socket);
    if (dial.cut) { // after the add, so that either this or cut() closes it
      socket.close();
      throw new IOException("closed here");
    }
    return socket;
  }

  /** Closes every socket, also one that is being connected. Idempotent. */
  void cut() {
    cut = true;
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.debug("closing a socket", e);
      }
    }
  }
}
