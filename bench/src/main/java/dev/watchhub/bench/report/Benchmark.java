package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.RunSettings;

/** One of the benchmarks: a question or two, its arms and cases. */
public interface Benchmark {
  /** The word on the command line. */
  String name();

  /**
   * Measures. Starts what it needs and has ended it when it returns or throws.
   *
   * @throws dev.watchhub.bench.harness.BenchException when something does not start or count
   */
  Report run(RunSettings settings);
}
