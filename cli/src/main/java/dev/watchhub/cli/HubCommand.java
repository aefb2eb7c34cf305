package dev.watchhub.cli;

import dev.watchhub.hub.WatchHub;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub hub}: runs a watch-hub. */
@Command(
    name = "hub",
    description = "Runs a watch-hub over a database of yours.",
    mixinStandardHelpOptions = true)
final class HubCommand implements Callable<Integer> {
  @Mixin private final ListenOptions listen = new ListenOptions();
  @Mixin private final DatabaseOptions database = new DatabaseOptions();
  @Mixin private final HubParts parts = new HubParts();

  @Override
  public Integer call() {
    return Running.untilStopped(
        (owned, running) -> {
          WatchHub hub =
              owned.own(parts.start(listen, database.checkedUrl(), database.schema, running));
          System.out.println("hub           http://" + listen.address(parts.port));
          running.await(hub::isReady);
          System.out.println("ready");
        });
  }
}
