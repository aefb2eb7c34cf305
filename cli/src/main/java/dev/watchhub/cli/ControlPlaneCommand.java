package dev.watchhub.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./watchhub controlplane}: runs the admin API. */
@Command(
    name = "controlplane",
    description = "Runs the admin API over a database of yours.",
    mixinStandardHelpOptions = true)
final class ControlPlaneCommand implements Callable<Integer> {
  @Mixin private final ListenOptions listen = new ListenOptions();
  @Mixin private final DatabaseOptions database = new DatabaseOptions();
  @Mixin private final ControlPlaneParts parts = new ControlPlaneParts();

  @Option(
      names = "--hub",
      paramLabel = "URL",
      split = ",",
      defaultValue = "${env:WATCHHUB_HUB:-" + Option.NULL_VALUE + "}",
      description =
          "hubs to ask for GET /rollout, separated by commas (default: none, only the database)")
  private List<URI> hubs = new ArrayList<>();

  @Override
  public Integer call() {
    List<URI> asked = checkedHubs();
    return Running.untilStopped(
        (owned, running) -> {
          owned.own(parts.start(listen, database.checkedUrl(), database.schema, asked));
          System.out.println("control plane http://" + listen.address(parts.port));
          System.out.println("ready");
        });
  }

  private List<URI> checkedHubs() {
    List<URI> given = new ArrayList<>();
    for (URI hub : hubs == null ? List.<URI>of() : hubs) { // null stands for the missing default
      if (hub.getHost() == null || !String.valueOf(hub.getScheme()).matches("(?i)https?")) {
        throw new UsageException("--hub '" + hub + "': expected http://HOST:PORT");
      }
      given.add(hub);
    }
    return given;
  }
}
