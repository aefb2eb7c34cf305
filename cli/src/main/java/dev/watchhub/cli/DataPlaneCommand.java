package dev.watchhub.cli;

import dev.watchhub.client.WatchBackends;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.DataPlane;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./watchhub dataplane}: runs the proxy. */
@Command(
    name = "dataplane",
    description = "Runs the proxy, following a hub or a database of yours.",
    mixinStandardHelpOptions = true)
final class DataPlaneCommand implements Callable<Integer> {
  private static final String DEFAULT_HUB = "http://127.0.0.1:9280";

  @Mixin private final ListenOptions listen = new ListenOptions();
  @Mixin private final DataPlaneParts parts = new DataPlaneParts();

  @Option(
      names = "--hub",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_HUB:-" + Option.NULL_VALUE + "}",
      description = "the hub, for watch mode replication (default: " + DEFAULT_HUB + ")")
  private @Nullable URI hub;

  @Option(
      names = "--jdbc-url",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_JDBC_URL:-" + Option.NULL_VALUE + "}",
      description = {
        "the database, PostgreSQL 15 or newer, for watch mode notify (default: "
            + DatabaseOptions.DEFAULT_URL
            + ")",
        "Give both, to change between the modes; where one is given, the other has a default"
            + " only if it is followed first."
      })
  private @Nullable String jdbcUrl;

  @Option(
      names = "--schema",
      defaultValue = "${env:WATCHHUB_SCHEMA:-public}",
      description = "schema of the table config (default: ${DEFAULT-VALUE})")
  private String schema = "public";

  @Override
  public Integer call() {
    boolean noneGiven = hub == null && jdbcUrl == null;
    URI followedHub = hub;
    if (followedHub == null && (noneGiven || parts.watchMode == WatchMode.REPLICATION)) {
      followedHub = URI.create(DEFAULT_HUB);
    }
    String followedUrl = jdbcUrl;
    if (followedUrl == null && (noneGiven || parts.watchMode == WatchMode.NOTIFY)) {
      followedUrl = DatabaseOptions.DEFAULT_URL;
    }
    check(followedHub, followedUrl);
    WatchBackends backends =
        new WatchBackends(followedHub, followedUrl, schema, DataPlane.KEY_PREFIXES);
    return Running.untilStopped(
        (owned, running) -> {
          DataPlane plane = owned.own(parts.start(listen, backends, Path.of("data"), running));
          System.out.println("data plane    http://" + listen.address(parts.port));
          System.out.println("  its admin   http://" + listen.loopback(parts.adminPort));
          running.await(plane::isReady);
          System.out.println("ready");
        });
  }

  private static void check(@Nullable URI hub, @Nullable String jdbcUrl) {
    if (hub != null
        && (hub.getHost() == null || !String.valueOf(hub.getScheme()).matches("(?i)https?"))) {
      throw new UsageException("--hub '" + hub + "': expected http://HOST:PORT");
    }
    if (jdbcUrl != null) {
      DatabaseOptions.check(jdbcUrl);
    }
  }
}
