package dev.watchhub.cli;

import dev.watchhub.dataplane.DataPlane;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./watchhub dataplane}: runs the proxy. */
@Command(
    name = "dataplane",
    description = "Runs the proxy, following a hub or a database of yours.",
    mixinStandardHelpOptions = true)
final class DataPlaneCommand implements Callable<Integer> {
  @Mixin private final ListenOptions listen = new ListenOptions();
  @Mixin private final DatabaseOptions database = new DatabaseOptions();
  @Mixin private final DataPlaneParts parts = new DataPlaneParts();

  @Option(
      names = "--hub",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_HUB:-http://127.0.0.1:9280}",
      description = "the hub, in watch mode replication (default: ${DEFAULT-VALUE})")
  private URI hub = URI.create("http://127.0.0.1:9280");

  @Override
  public Integer call() {
    if (hub.getHost() == null || !String.valueOf(hub.getScheme()).matches("(?i)https?")) {
      throw new UsageException("--hub '" + hub + "': expected http://HOST:PORT");
    }
    return Running.untilStopped(
        (owned, running) -> {
          DataPlane plane =
              owned.own(parts.start(listen, hub, database.checkedUrl(), database.schema, running));
          System.out.println("data plane    http://" + listen.address(parts.port));
          System.out.println("  its admin   http://" + listen.loopback(parts.adminPort));
          running.await(plane::isReady);
          System.out.println("ready");
        });
  }
}
