package dev.watchhub.bench;

import dev.watchhub.bench.fanout.FanOutBenchmark;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub bench fanout}. */
@Command(
    name = "fanout",
    description = {
      "100 to 9,000 subscribers: how late events come, how many a second are sustained,",
      "beside nginx with nchan where it is installed."
    },
    mixinStandardHelpOptions = true)
final class FanOutCommand implements Callable<Integer> {
  @Mixin private final RunOptions options = new RunOptions();

  @Override
  public Integer call() {
    return options.run(new FanOutBenchmark());
  }
}
