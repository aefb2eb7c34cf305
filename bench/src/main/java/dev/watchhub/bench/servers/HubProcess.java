package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A hub as its own process, run as a user runs it.
 *
 * <p>Threading: any; closed once.
 */
public final class HubProcess implements AutoCloseable {
  private final ProductProcess process;
  private final int port;

  private HubProcess(ProductProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a hub and returns when it says that it is ready.
   *
   * @param jvmOptions before {@code -jar}
   * @param hubOptions after {@code hub}, such as {@code --log-bytes}
   */
  public static HubProcess start(
      RunSettings run, String jdbcUrl, List<String> jvmOptions, List<String> hubOptions) {
    int port = freePort();
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--jdbc-url", jdbcUrl, "--hub-port", Integer.toString(port)));
    options.addAll(hubOptions);
    return new HubProcess(ProductProcess.start(run, "hub", port, jvmOptions, options), port);
  }

  /** A port of 127.0.0.1 that nobody listens on at this moment. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BenchException("no free port on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  /** Without a path, such as {@code http://127.0.0.1:9280}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  /** For its CPU time and memory; it is a child of this process. */
  public long pid() {
    return process.handle().pid();
  }

  /** From the start of the process to its being ready. */
  public Duration startTime() {
    return process.startTime();
  }

  @Override
  public void close() {
    process.close();
  }
}
