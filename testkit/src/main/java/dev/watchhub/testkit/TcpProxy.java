package dev.watchhub.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A link of the network that tests can cut, stall and slow: it listens on 127.0.0.1 and forwards to
 * another port there.
 *
 * <p>Its socket buffers are small, so that a link that stalls is soon felt by who writes into it.
 *
 * <p>Threading: any thread.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int SOCKET_BUFFER_BYTES = 64 * 1024;
  private static final int CONNECT_LIMIT_MILLIS = 5_000;
  private static final int BACKLOG = 200;

  // Fixed at construction.
  private final ServerSocket listening;
  private final Flow toServer = new Flow();
  private final Flow toClient = new Flow();

  // Guarded by this.
  private final Set<Connection> connections = new HashSet<>();
  private int targetPort;
  private boolean refusing;
  private int refusedCount;

  private TcpProxy(ServerSocket listening, int targetPort) {
    this.listening = listening;
    this.targetPort = targetPort;
  }

  /** Starts a proxy on a free port; nobody need listen on {@code targetPort} yet. */
  public static TcpProxy to(int targetPort) {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
      TcpProxy proxy = new TcpProxy(listening, targetPort);
      daemon("proxy-accept", proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public int port() {
    return listening.getLocalPort();
  }

  /** What clients send. */
  public Flow toServer() {
    return toServer;
  }

  /** What the server sends. */
  public Flow toClient() {
    return toClient;
  }

  /** Holds back everything in both directions; connections stay open, and new ones open too. */
  public void stall() {
    toServer.stall();
    toClient.stall();
  }

  /** Lets everything pass again, and new connections in. */
  public void pass() {
    toServer.pass();
    toClient.pass();
    synchronized (this) {
      refusing = false;
    }
  }

  /** New connections go to this port; those that are open stay where they are. */
  public synchronized void target(int port) {
    targetPort = port;
  }

  /** Resets every connection; new ones may come. */
  public void cut() {
    List<Connection> all;
    synchronized (this) {
      all = List.copyOf(connections);
    }
    all.forEach(Connection::reset);
  }

  /** Resets every connection, and each new one, until {@link #pass}. */
  public void shut() {
    synchronized (this) {
      refusing = true;
    }
    cut();
  }

  /** Connections that are open. */
  public synchronized int connectionCount() {
    return connections.size();
  }

  /** Connections that came while it was shut. */
  public synchronized int refusedCount() {
    return refusedCount;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        connect(listening.accept());
      } catch (IOException closed) {
        cut();
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket();
    Connection connection = new Connection(client, server);
    int port;
    synchronized (this) {
      if (refusing) {
        refusedCount++;
        connection.reset();
        return;
      }
      connections.add(connection);
      port = targetPort;
    }
    // On its own thread: a server that does not answer must hold up nobody else.
    daemon("proxy-to-server", () -> connection.run(port));
  }

  private static void daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Resets every connection and stops listening. May be called twice. */
  @Override
  public void close() {
    closeQuietly(listening);
    shut();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client's socket with the one to the server. */
  private final class Connection {
    private final Socket client;
    private final Socket server;
    private final Thread[] pumps = new Thread[2];

    Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /** Forwards until both sides have ended, or one fails. */
    void run(int port) {
      try {
        client.setTcpNoDelay(true);
        client.setSendBufferSize(SOCKET_BUFFER_BYTES);
        server.setTcpNoDelay(true);
        server.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
        server.setSendBufferSize(SOCKET_BUFFER_BYTES);
        server.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_LIMIT_MILLIS);
        Thread back = new Thread(() -> pump(server, client, toClient), "proxy-to-client");
        back.setDaemon(true);
        synchronized (this) {
          pumps[0] = Thread.currentThread();
          pumps[1] = back;
        }
        back.start();
        pump(client, server, toServer);
        back.join();
      } catch (IOException | InterruptedException e) {
        reset();
      } finally {
        synchronized (TcpProxy.this) {
          connections.remove(this);
        }
        closeQuietly(client);
        closeQuietly(server);
      }
    }

    private void pump(Socket from, Socket to, Flow flow) {
      byte[] buffer = new byte[16 * 1024];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = read(in, buffer, flow); n >= 0; n = read(in, buffer, flow)) {
          flow.await(n);
          out.write(buffer, 0, n);
        }
        to.shutdownOutput();
      } catch (IOException | InterruptedException e) {
        reset();
      }
    }

    private int read(InputStream in, byte[] buffer, Flow flow) throws IOException {
      return in.read(buffer, 0, flow.pieceBytes());
    }

    /** Ends it by RST, so that both sides notice at once. */
    void reset() {
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.setSoLinger(true, 0);
        } catch (IOException gone) {
          continue;
        }
        closeQuietly(socket);
      }
      synchronized (this) {
        for (Thread pump : pumps) {
          if (pump != null) {
            pump.interrupt();
          }
        }
      }
    }
  }
}
