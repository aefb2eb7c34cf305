package dev.watchhub.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * Copies the cluster of a stopped server into one that starts as its standby.
 *
 * @see <a href="https://www.postgresql.org/docs/18/backup-file.html">file system level backup</a>
 */
final class StandbyCopy {
  /**
   * What belongs to the server and not to its data; a slot would hold back WAL that nobody reads.
   */
  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "pg_replslot", "pg_stat_tmp");

  private StandbyCopy() {}

  static void make(Path cluster, Path copy) throws IOException {
    Files.walkFileTree(
        cluster,
        new SimpleFileVisitor<>() {
          private Path target(Path path) {
            return copy.resolve(cluster.relativize(path));
          }

          private boolean leftOut(Path path) {
            return LEFT_OUT.contains(cluster.relativize(path).toString());
          }

          // With its permissions: the server refuses a directory that others may enter.
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(directory, target(directory), StandardCopyOption.COPY_ATTRIBUTES);
            return leftOut(directory) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!leftOut(file)) {
              Files.copy(file, target(file), StandardCopyOption.COPY_ATTRIBUTES);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Files.createFile(copy.resolve("standby.signal"));
  }
}
