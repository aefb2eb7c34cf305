package dev.watchhub.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the figures were measured on.
 *
 * @param cpu its name, or the architecture where the system does not tell
 * @param cores as the JVM sees them
 * @param memoryBytes physical memory, 0 when unknown
 */
public record Machine(String cpu, int cores, long memoryBytes, String system, String java) {
  /** This one. */
  public static Machine here() {
    return new Machine(
        first("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch", "unknown")),
        Runtime.getRuntime().availableProcessors(),
        first("/proc/meminfo", "MemTotal")
            .map(kb -> Long.parseLong(kb.replaceAll("[^0-9]", "")) * 1024)
            .orElse(0L),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
  }

  private static Optional<String> first(String file, String field) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
