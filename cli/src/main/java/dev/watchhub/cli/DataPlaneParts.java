package dev.watchhub.cli;

import dev.watchhub.client.WatchBackends;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.BackendWatchers;
import dev.watchhub.dataplane.DataPlane;
import dev.watchhub.dataplane.DataPlaneOptions;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.lifecycle.Faults;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a data plane is told on the command line. */
final class DataPlaneParts {
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

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

  @Option(
      names = "--node",
      paramLabel = "NAME",
      defaultValue = "${env:WATCHHUB_NODE:-" + Option.NULL_VALUE + "}",
      description = "what it calls itself in the rollout (default: the host's name and the port)")
  private @Nullable String node;

  @Option(
      names = "--route-file",
      paramLabel = "FILE",
      defaultValue = "${env:WATCHHUB_ROUTE_FILE:-" + Option.NULL_VALUE + "}",
      description = {
        "where it keeps its routes, to start from when hub and database are away; 'none' for"
            + " nowhere (default: ./data/dataplane-PORT.routes)"
      })
  private @Nullable String routeFile;

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      defaultValue = "${env:WATCHHUB_ACCESS_LOG:-" + Option.NULL_VALUE + "}",
      description = "writes a line for each request; '-' for standard output (default: none)")
  private @Nullable Path accessLog;

  /**
   * Starts a data plane that follows one of these.
   *
   * @param dataDir where it keeps its routes unless told otherwise
   */
  DataPlane start(ListenOptions listen, WatchBackends backends, Path dataDir, Faults faults) {
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
    ListenAddress address = listen.address(port);
    String name = checkedNode(address);
    DataPlaneOptions options =
        DataPlaneOptions.of(address, listen.loopback(adminPort), watchMode)
            .withUpstreamTimeout(Duration.ofSeconds(upstreamTimeoutSeconds))
            .withNode(name, Version.number())
            .withFiles(routeFile(dataDir, address), checkedAccessLog());
    return DataPlane.start(
        options, new BackendWatchers(backends.named(name), fallback, faults), faults);
  }

  private String checkedNode(ListenAddress address) {
    if (node == null) {
      return hostName() + "-" + address.port();
    }
    if (!NODE.matcher(node).matches() || DIGITS.matcher(node).matches()) {
      throw new UsageException(
          "--node is '"
              + node
              + "': expected up to 100 letters, digits, '.', '_' and '-', the first a letter or a"
              + " digit, not digits alone");
    }
    return node;
  }

  private static String hostName() {
    try {
      String name = InetAddress.getLocalHost().getHostName();
      return NODE.matcher(name).matches() && name.length() <= 90 ? name : "dataplane";
    } catch (UnknownHostException e) {
      return "dataplane";
    }
  }

  private @Nullable Path routeFile(Path dataDir, ListenAddress address) {
    if (routeFile == null) {
      return dataDir.resolve("dataplane-" + address.port() + ".routes");
    }
    return routeFile.equals("none") ? null : Path.of(routeFile);
  }

  private @Nullable Path checkedAccessLog() {
    Path log = accessLog;
    if (log == null || log.equals(Path.of("-"))) {
      return log;
    }
    Path directory = log.toAbsolutePath().getParent();
    if (Files.isDirectory(log) || directory == null || !Files.isWritable(directory)) {
      throw new UsageException(
          "--access-log is '" + log + "': expected a file in a directory that can be written to");
    }
    return log;
  }
}
