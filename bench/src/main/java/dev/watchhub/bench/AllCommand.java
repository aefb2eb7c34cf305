package dev.watchhub.bench;

import dev.watchhub.bench.admin.AdminBenchmark;
import dev.watchhub.bench.fanout.FanOutBenchmark;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.latency.LatencyBenchmark;
import dev.watchhub.bench.proxy.ProxyBenchmark;
import dev.watchhub.bench.replay.ReplayBenchmark;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.ResultText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub bench all}: all but {@code memory}, which takes an hour, and {@code jmh}. */
@Command(
    name = "all",
    description = "Runs all but memory and jmh, and holds the figures against their goals.",
    mixinStandardHelpOptions = true)
final class AllCommand implements Callable<Integer> {
  @Mixin private final RunOptions options = new RunOptions();
  @Mixin private final PeerOptions peers = new PeerOptions();

  @Override
  public Integer call() {
    RunSettings settings = options.settings();
    List<Figure> figures = new ArrayList<>();
    for (Benchmark benchmark : benchmarks()) {
      Report report = benchmark.run(settings);
      report.publish(options.directory("all"), System.out);
      figures.addAll(report.results().figures());
    }
    System.out.println(ResultText.figures(figures));
    return 0;
  }

  private List<Benchmark> benchmarks() {
    return List.of(
        WritersCommand.usual(peers, options.isQuick()),
        new LatencyBenchmark(peers.peers()),
        new FanOutBenchmark(),
        new ReplayBenchmark(),
        new ProxyBenchmark(),
        new AdminBenchmark());
  }
}
