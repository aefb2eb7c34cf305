package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.RunSettings;
import java.net.URI;
import java.util.List;

/**
 * A data plane that follows a hub, as its own process, run as a user runs it.
 *
 * <p>Threading: any; closed once.
 */
public final class DataPlaneProcess implements AutoCloseable {
  private final ProductProcess process;
  private final int port;

  private DataPlaneProcess(ProductProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a data plane and returns when it says that it is ready: it has its routes then.
   *
   * @param jvmOptions before {@code -jar}
   */
  public static DataPlaneProcess start(RunSettings run, URI hub, List<String> jvmOptions) {
    int port = HubProcess.freePort();
    List<String> options =
        List.of(
            "--hub",
            hub.toString(),
            "--dataplane-port",
            Integer.toString(port),
            "--dataplane-admin-port",
            Integer.toString(HubProcess.freePort()),
            "--route-file",
            run.dataDirectory().resolve("dataplane-" + port + ".routes").toString());
    return new DataPlaneProcess(
        ProductProcess.start(run, "dataplane", port, jvmOptions, options), port);
  }

  /** Of the proxy, on 127.0.0.1. */
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
