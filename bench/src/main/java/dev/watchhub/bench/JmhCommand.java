package dev.watchhub.bench;

import dev.watchhub.bench.harness.BenchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub bench jmh}: the micro-benchmarks. */
@Command(
    name = "jmh",
    description = {
      "Times the parts that each change passes: decoder, frames, feed index, log, routes;",
      "and finding the route of a request.",
      "They run by themselves, in processes of their own, on a JVM that does nothing else."
    },
    mixinStandardHelpOptions = true)
final class JmhCommand implements Callable<Integer> {
  private static final String ALL = "dev\\.watchhub\\..*";

  @Mixin private final RunOptions options = new RunOptions();

  @Parameters(
      paramLabel = "REGEX",
      arity = "0..*",
      description = "which ones, by a part of the name (default: all)")
  private List<String> patterns = new ArrayList<>();

  @Option(names = "--allocation", description = "also says how many bytes each allocates")
  private boolean allocation;

  @Override
  public Integer call() {
    Path results = options.directory("jmh");
    boolean quick = options.isQuick();
    ChainedOptionsBuilder builder =
        new OptionsBuilder()
            .forks(quick ? 1 : 3)
            .warmupIterations(quick ? 2 : 5)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(quick ? 3 : 5)
            .measurementTime(TimeValue.seconds(1))
            .resultFormat(ResultFormatType.JSON)
            .result(results.resolve("jmh.json").toString());
    if (patterns.isEmpty()) {
      builder.include(ALL);
    }
    patterns.forEach(builder::include);
    if (allocation) {
      builder.addProfiler("gc");
    }
    try {
      Files.createDirectories(results);
      new Runner(builder.build()).run();
    } catch (NoBenchmarksException e) {
      throw new BenchException(
          "no micro-benchmark has a name with " + String.join(" or ", patterns), e);
    } catch (RunnerException e) {
      throw new BenchException("the micro-benchmarks cannot run: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new BenchException("cannot write to " + results + ": " + e.getMessage(), e);
    }
    return 0;
  }
}
