package dev.watchhub.bench;

import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.machine.LoadMeter;
import dev.watchhub.bench.report.Benchmark;
import dev.watchhub.bench.report.TerminalProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every benchmark is told on the command line. */
final class RunOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(names = "--quick", description = "fewer rounds and cases, shorter windows")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "how often each case is measured (default: 5; quick: fewer)")
  private @Nullable Integer rounds;

  @Option(
      names = "--window",
      paramLabel = "DURATION",
      converter = Length.class,
      description = "how long each measurement takes, such as 500ms, 10s")
  private @Nullable Duration window;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "for JSON and charts (default: bench/results/BENCHMARK)")
  private @Nullable Path out;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "for the data of databases and peers while it runs; on the disk that is to be measured"
              + " (default: bench/target/data)")
  private @Nullable Path dataDir;

  /** The source tree; the launcher says where it is. */
  private static Path home() {
    return Path.of(System.getProperty("watchhub.home", "")).toAbsolutePath();
  }

  /** Runs a benchmark and publishes what it came to. */
  int run(Benchmark benchmark) {
    benchmark.run(settings()).publish(directory(benchmark.name()), System.out);
    return 0;
  }

  boolean isQuick() {
    return quick;
  }

  /** Where results go. */
  Path directory(String benchmark) {
    Path chosen = out == null ? home().resolve("bench/results").resolve(benchmark) : out;
    return chosen.toAbsolutePath().normalize();
  }

  /** The settings, once they are known to be good. */
  RunSettings settings() {
    if (rounds != null && rounds < 1) {
      throw Usage.error(command, "--rounds is " + rounds + ": expected a number from 1 on");
    }
    Path jar = home().resolve("cli/target/watchhub.jar");
    if (!Files.isRegularFile(jar)) {
      throw Usage.error(command, "there is no " + jar + "; ./watchhub bench builds it");
    }
    Path data = dataDir == null ? home().resolve("bench/target/data") : dataDir;
    return new RunSettings(
        quick,
        rounds,
        window,
        jar,
        data.toAbsolutePath().normalize(),
        new LoadMeter(),
        new TerminalProgress(System.err));
  }
}
