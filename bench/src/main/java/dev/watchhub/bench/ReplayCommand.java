package dev.watchhub.bench;

import dev.watchhub.bench.replay.ReplayBenchmark;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub bench replay}. */
@Command(
    name = "replay",
    description = {
      "A million keys and a long past: how soon a hub is ready and what it holds, how fast clients",
      "and hubs that are behind catch up, how long a large snapshot takes."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @Mixin private final RunOptions options = new RunOptions();

  @Override
  public Integer call() {
    return options.run(new ReplayBenchmark());
  }
}
