package dev.watchhub.bench;

import dev.watchhub.bench.fanout.MemoryBenchmark;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub bench memory}. */
@Command(
    name = "memory",
    description = {
      "What a hub holds during an hour of 1,000 commits a second with 1,000 subscribers;",
      "--rounds and --window say how many windows of which length."
    },
    mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {
  @Mixin private final RunOptions options = new RunOptions();

  @Override
  public Integer call() {
    return options.run(new MemoryBenchmark());
  }
}
