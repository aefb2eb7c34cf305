package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What servers leave on the disk. Stateless. */
final class DataFiles {
  private DataFiles() {}

  /**
   * Deletes a file, or a directory with all that is in it; nothing happens when there is none.
   *
   * @throws BenchException when something cannot be deleted
   */
  static void delete(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new BenchException("cannot delete " + root + ": " + e, e);
    }
  }
}
