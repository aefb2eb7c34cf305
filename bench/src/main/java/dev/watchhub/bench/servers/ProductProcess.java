package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A part of the product as its own process, run as a user runs it.
 *
 * <p>Threading: any; closed once.
 */
final class ProductProcess implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofMinutes(5);
  private static final Duration LOOK_EVERY = Duration.ofMillis(2);

  private final Process process;
  private final Duration startTime;
  private final AtExit atExit;
  private final List<Path> files;

  private ProductProcess(Process process, Duration startTime, List<Path> files) {
    this.process = process;
    this.startTime = startTime;
    this.files = List.copyOf(files);
    this.atExit = AtExit.call(process::destroy);
  }

  /**
   * Starts a part and returns when it says that it is ready. What it logs goes to a file in the
   * data directory, which is deleted when it is closed.
   *
   * @param part the word on the command line, such as {@code hub}
   * @param port names the files
   * @param jvmOptions before {@code -jar}
   * @param options after the part
   */
  static ProductProcess start(
      RunSettings run, String part, int port, List<String> jvmOptions, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(jvmOptions);
    command.addAll(List.of("-jar", run.productJar().toString(), part));
    command.addAll(options);
    Path out = run.dataDirectory().resolve(part + "-" + port + ".out");
    Path log = run.dataDirectory().resolve(part + "-" + port + ".log");
    long start = System.nanoTime();
    Process process;
    try {
      Files.createDirectories(run.dataDirectory());
      process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(log.toFile())
              .start();
    } catch (IOException e) {
      throw new BenchException("cannot start a " + part + ": " + e.getMessage(), e);
    }
    try {
      awaitReady(part, process, out, log);
      Duration startTime = Duration.ofNanos(System.nanoTime() - start);
      return new ProductProcess(process, startTime, List.of(out, log));
    } catch (IOException | InterruptedException | RuntimeException e) {
      Ending.end(process);
      throw e instanceof BenchException b
          ? b
          : new BenchException("waiting for a %s: %s".formatted(part, e), e);
    }
  }

  private static void awaitReady(String part, Process process, Path out, Path log)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!Files.readString(out).endsWith("ready\n")) {
      if (process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BenchException("the %s ended at its start; see %s".formatted(part, log));
      }
      if (System.nanoTime() - start > READY_LIMIT.toNanos()) {
        throw new BenchException(
            "the %s was not ready within %s; see %s".formatted(part, READY_LIMIT, log));
      }
    }
  }

  /** A child of this process. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** From the start of the process to its being ready. */
  Duration startTime() {
    return startTime;
  }

  @Override
  public void close() {
    Ending.end(process);
    atExit.forget();
    files.forEach(DataFiles::delete);
  }
}
