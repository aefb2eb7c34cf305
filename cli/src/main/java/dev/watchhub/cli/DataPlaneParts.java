package dev.watchhub.cli;

import dev.watchhub.client.SwitchingWatcher;
import dev.watchhub.client.WatchBackends;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.DataPlane;
import dev.watchhub.dataplane.DataPlaneOptions;
import dev.watchhub.lifecycle.Faults;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
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
  WatchMode watchMode = WatchMode.REPLICATION;

  @Option(
      names = "--fallback",
      paramLabel = "notify",
      defaultValue = "${env:WATCHHUB_FALLBACK:-" + Option.NULL_VALUE + "}",
      description =
          "in watch mode replication, follow by LISTEN while the hub is away for 10 s or longer")
  private @Nullable WatchMode fallback;

  @Option(
      names = "--upstream-timeout",
      paramLabel = "SECONDS",
      defaultValue = "${env:WATCHHUB_UPSTREAM_TIMEOUT:-60}",
      description = "how long an upstream may take to answer (default: ${DEFAULT-VALUE})")
  private long upstreamTimeoutSeconds;

  /** Starts a data plane that follows one of these. */
  DataPlane start(ListenOptions listen, WatchBackends backends, Faults faults) {
    if (fallback == WatchMode.REPLICATION) {
      throw new UsageException("--fallback is replication: expected notify");
    }
    if (fallback == WatchMode.NOTIFY && backends.jdbcUrl() == null) {
      throw new UsageException("--fallback notify needs a database: expected --jdbc-url too");
    }
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
        (mode, listener) -> SwitchingWatcher.start(backends, mode, fallback, listener, faults));
  }
}
