package dev.watchhub.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub controlplane}: runs the admin API. */
@Command(
    name = "controlplane",
    description = "Runs the admin API over a database of yours.",
    mixinStandardHelpOptions = true)
final class ControlPlaneCommand implements Callable<Integer> {
  @Mixin private final ListenOptions listen = new ListenOptions();
  @Mixin private final DatabaseOptions database = new DatabaseOptions();
  @Mixin private final ControlPlaneParts parts = new ControlPlaneParts();

  @Override
  public Integer call() {
    return Running.untilStopped(
        (owned, running) -> {
          owned.own(parts.start(listen, database.checkedUrl(), database.schema));
          System.out.println("control plane http://" + listen.address(parts.port));
          System.out.println("ready");
        });
  }
}
