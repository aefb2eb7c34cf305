package dev.watchhub.http;

import java.util.function.Consumer;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/** A running Jetty server of one core handler, for what must not pass through Javalin. */
public final class CoreServer implements AutoCloseable {
  private static final int MAX_THREADS = 64;

  /** The usual 64 KiB would leave out a head of that length, to be allocated for each answer. */
  private static final int MAX_POOLED_BYTES = 128 * 1024;

  private final Server server;
  private final int port;

  private CoreServer(Server server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a server; it accepts connections when this returns. What Jetty itself refuses is
   * answered with a {@link Problem}.
   *
   * @param name of the part that it serves; its threads are called after it
   * @param portOption what a user sets to choose another port, for the message when it is taken
   * @param handler the server owns it, starts it and stops it
   * @param http sets limits and compliance
   * @param log takes a line for each request; null for none
   * @throws HttpStartException if it cannot listen there
   */
  public static CoreServer start(
      String name,
      ListenAddress address,
      String portOption,
      Handler handler,
      Consumer<HttpConfiguration> http,
      @Nullable RequestLog log) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName(name + "-http");
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    http.accept(configuration);
    ByteBufferPool buffers = new ArrayByteBufferPool(0, -1, MAX_POOLED_BYTES);
    Server server = new Server(threads, null, buffers);
    ServerConnector connector = Listening.at(address, server, configuration);
    server.addConnector(connector);
    server.setHandler(handler);
    if (log != null) {
      server.setRequestLog(log);
    }
    server.setErrorHandler(new ProblemErrorHandler());
    server.setStopTimeout(0); // streams never end by themselves
    try {
      connector.open(); // apart from the start, so that only a bad address ends up in this message
    } catch (Exception e) {
      throw HttpStartException.cannotListen(name, address, portOption, e);
    }
    try {
      server.start();
    } catch (Exception e) {
      connector.close();
      stop(server);
      throw new IllegalStateException("the " + name + " did not start", e);
    }
    return new CoreServer(server, connector.getLocalPort());
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** Closes the socket and every connection. Idempotent. */
  @Override
  public void close() {
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server did not stop", e);
    }
  }
}
