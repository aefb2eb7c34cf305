package dev.watchhub.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One {@code watchhub} as its own process, ended with the test. */
final class WatchhubProcess implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Duration EXIT_LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final Path out;
  private final Path err;

  private WatchhubProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** The jar that was built, by the JVM that the tests run on. */
  static List<String> command(String... arguments) {
    Path jar = repository().resolve("cli/target/watchhub.jar");
    assertThat(jar).as("built by the module cli").exists();
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-Xmx256m", "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The root of the source tree. */
  static Path repository() {
    return Path.of("").toAbsolutePath().resolve("..").normalize();
  }

  static WatchhubProcess start(String... arguments) {
    return launch(new ProcessBuilder(command(arguments)));
  }

  static WatchhubProcess launch(ProcessBuilder builder) {
    try {
      Path out = Files.createTempFile("watchhub-out", ".txt");
      Path err = Files.createTempFile("watchhub-err", ".txt");
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      return new WatchhubProcess(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the line that ends the start-up. */
  WatchhubProcess awaitReady() {
    await("the line 'ready'")
        .atMost(READY_LIMIT)
        .failFast("it ended: " + command(), () -> !process.isAlive())
        .until(() -> out().endsWith("ready\n"));
    return this;
  }

  private String command() {
    return process.info().commandLine().orElse("watchhub") + "\n" + err();
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end and returns the exit code. */
  int awaitExit() {
    try {
      assertThat(process.waitFor(EXIT_LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("ended within " + EXIT_LIMIT)
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What Ctrl-C sends. */
  void interrupt() {
    signal("INT");
  }

  /** What cannot be caught. */
  void kill() {
    signal("KILL");
    awaitExit();
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Ends it in order, and makes sure of it. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(EXIT_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Files.delete(out);
      Files.delete(err);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
