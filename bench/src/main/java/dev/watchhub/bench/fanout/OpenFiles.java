package dev.watchhub.bench.fanout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How many files and connections a process may have open. Stateless. */
final class OpenFiles {
  private static final Path LIMITS = Path.of("/proc/self/limits");

  private OpenFiles() {}

  /** The hard limit, which a JVM takes for its own; the largest number where there is none. */
  static long limit() {
    try (Stream<String> lines = Files.lines(LIMITS)) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.split(" {2,}", -1)[2])
          .filter(hard -> !hard.equals("unlimited"))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
