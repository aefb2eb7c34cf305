package dev.watchhub.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Operating system processes by id: alive or gone, and what a short command printed. */
final class Processes {
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(10);

  /** What a command left behind; {@code output} has standard error in it. */
  record Result(int exitCode, String output) {
    /** The last line that is not blank, or "no output". */
    String lastLine() {
      return output
          .lines()
          .filter(line -> !line.isBlank())
          .reduce((a, b) -> b)
          .orElse("no output")
          .strip();
    }
  }

  private Processes() {}

  /**
   * Whether the process still runs. A zombie does not: under a process 1 that reaps nobody (a
   * container's) it would count as alive for ever.
   */
  static boolean alive(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException noProcFile) {
      return process.isAlive();
    }
  }

  /** Kills a process with all that descend from it, unconditionally, and waits until they end. */
  static void killTree(ProcessHandle root) {
    List<ProcessHandle> children = root.descendants().toList();
    root.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    if (!await(
        Duration.ofSeconds(10), () -> !alive(root) && children.stream().noneMatch(c -> alive(c)))) {
      throw new PostgresException("process " + root.pid() + " does not end, not even by kill -9");
    }
  }

  static boolean awaitGone(ProcessHandle process, Duration limit) {
    return await(limit, () -> !alive(process));
  }

  /** Waits for the condition; false when {@code limit} is over first. */
  static boolean await(Duration limit, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      pause(POLL);
    }
    return true;
  }

  static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostgresException("interrupted while waiting for PostgreSQL", e);
    }
  }

  /** Runs a short command to its end. */
  static Result run(List<String> command, Path directory) {
    try {
      Path output = Files.createTempFile("watchhub-", ".out");
      try {
        Process process =
            prepare(command, directory)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
          if (!process.waitFor(COMMAND_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new PostgresException(
                command.get(0) + " did not end within " + COMMAND_LIMIT.toSeconds() + " s");
          }
        } finally {
          process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new PostgresException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostgresException("interrupted while " + command.get(0) + " ran", e);
    }
  }

  /** A command whose PostgreSQL programs see none of the user's PG* settings. */
  static ProcessBuilder prepare(List<String> command, Path directory) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder.redirectInput(ProcessBuilder.Redirect.from(nullDevice().toFile()));
  }

  private static Path nullDevice() {
    return Path.of(Platform.isWindows() ? "NUL" : "/dev/null");
  }
}
