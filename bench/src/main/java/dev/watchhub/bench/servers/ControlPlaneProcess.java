package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.RunSettings;
import java.util.List;

/**
 * A control plane as its own process, run as a user runs it.
 *
 * <p>Threading: any; closed once.
 */
public final class ControlPlaneProcess implements AutoCloseable {
  private final ProductProcess process;
  private final int port;

  private ControlPlaneProcess(ProductProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a control plane and returns when it says that it is ready. */
  public static ControlPlaneProcess start(RunSettings run, String jdbcUrl) {
    int port = HubProcess.freePort();
    List<String> options =
        List.of("--jdbc-url", jdbcUrl, "--controlplane-port", Integer.toString(port));
    return new ControlPlaneProcess(
        ProductProcess.start(run, "controlplane", port, List.of(), options), port);
  }

  /** On 127.0.0.1. */
  public int port() {
    return port;
  }

  /** A child of this process. */
  public ProcessHandle process() {
    return process.handle();
  }

  @Override
  public void close() {
    process.close();
  }
}
