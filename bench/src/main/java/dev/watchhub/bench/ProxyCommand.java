package dev.watchhub.bench;

import dev.watchhub.bench.proxy.ProxyBenchmark;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub bench proxy}. */
@Command(
    name = "proxy",
    description = {
      "Requests through the data plane, beside nginx as a proxy, and while 1,000 routes change a",
      "second; and how soon a request takes a route that was written. Needs nginx."
    },
    mixinStandardHelpOptions = true)
final class ProxyCommand implements Callable<Integer> {
  @Mixin private final RunOptions options = new RunOptions();

  @Override
  public Integer call() {
    return options.run(new ProxyBenchmark());
  }
}
