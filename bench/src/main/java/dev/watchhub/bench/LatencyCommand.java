package dev.watchhub.bench;

import dev.watchhub.bench.latency.LatencyBenchmark;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub bench latency}. */
@Command(
    name = "latency",
    description = "How soon a watcher has what was put, at 500 puts/s and at 80 %% of the maximum.",
    mixinStandardHelpOptions = true)
final class LatencyCommand implements Callable<Integer> {
  @Mixin private final RunOptions options = new RunOptions();
  @Mixin private final PeerOptions peers = new PeerOptions();

  @Override
  public Integer call() {
    return options.run(new LatencyBenchmark(peers.peers()));
  }
}
