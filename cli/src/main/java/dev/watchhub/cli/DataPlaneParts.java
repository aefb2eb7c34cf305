package dev.watchhub.cli;

import dev.watchhub.client.WatchMode;
import dev.watchhub.client.Watcher;
import dev.watchhub.dataplane.DataPlane;
import dev.watchhub.dataplane.DataPlaneOptions;
import dev.watchhub.lifecycle.Faults;
import java.net.URI;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a data plane is told on the command line. */
final class DataPlaneParts {
  @Option(
      names = "--dataplane-port",
      paramLabel = "PORT",
      defaultValue = "${env:WATCHHUB_DATAPLANE_PORT:-9080}",
      description = "port of the proxy (default: ${DEFAULT-VALUE})")
  int port;

  @Option(
      names = "--dataplane-admin-port",
      paramLabel = "PORT",
      defaultValue = "${env:WATCHHUB_DATAPLANE_ADMIN_PORT:-9081}",
      description =
          "port where the proxy tells about itself, on 127.0.0.1 (default: ${DEFAULT-VALUE})")
  int adminPort;

  @Option(
      names = "--watch-mode",
      paramLabel = "replication|notify",
      defaultValue = "${env:WATCH_MODE:-replication}",
      description =
          "how routes are followed: through the hub, or by LISTEN (default: ${DEFAULT-VALUE})")
  private WatchMode watchMode = WatchMode.REPLICATION;

  @Option(
      names = "--upstream-timeout",
      paramLabel = "SECONDS",
      defaultValue = "${env:WATCHHUB_UPSTREAM_TIMEOUT:-60}",
      description = "how long an upstream may take to answer (default: ${DEFAULT-VALUE})")
  private long upstreamTimeoutSeconds;

  /** Starts a data plane that follows {@code hub}, or the database itself. */
  DataPlane start(ListenOptions listen, URI hub, String jdbcUrl, String schema, Faults faults) {
    if (upstreamTimeoutSeconds < 1) {
      throw new UsageException(
          "--upstream-timeout is %d: expected a number of seconds from 1 on"
              .formatted(upstreamTimeoutSeconds));
    }
    DataPlaneOptions options =
        new DataPlaneOptions(
            listen.address(port),
            listen.loopback(adminPort),
            watchMode,
            Duration.ofSeconds(upstreamTimeoutSeconds));
    return DataPlane.start(
        options,
        (mode, listener) ->
            switch (mode) {
              case REPLICATION -> Watcher.ofHub(hub, DataPlane.KEY_PREFIX, listener, faults);
              case NOTIFY ->
                  Watcher.ofDatabase(jdbcUrl, schema, DataPlane.KEY_PREFIX, listener, faults);
            });
  }
}
