package dev.watchhub.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A directory held by this object; the system lets go of it when the process is killed. */
final class DirectoryLock implements AutoCloseable {
  // A second channel on a lock file must not even be opened: closing it releases every lock that
  // the process holds on the file.
  private static final Set<Path> heldHere = new HashSet<>();

  private final Path directory;
  private final FileChannel file;

  private DirectoryLock(Path directory, FileChannel file) {
    this.directory = directory;
    this.file = file;
  }

  /** Takes the existing directory; empty when somebody holds it, in this process or another. */
  static Optional<DirectoryLock> take(Path directory) throws IOException {
    Path real = directory.toRealPath();
    synchronized (heldHere) {
      if (heldHere.contains(real)) {
        return Optional.empty();
      }
      FileChannel file =
          FileChannel.open(
              real.resolve("watchhub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = null;
      try {
        lock = file.tryLock();
      } finally {
        if (lock == null) {
          file.close();
        }
      }
      if (lock == null) {
        return Optional.empty();
      }
      heldHere.add(real);
      return Optional.of(new DirectoryLock(real, file));
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (heldHere) {
      file.close();
      heldHere.remove(directory);
    }
  }
}
