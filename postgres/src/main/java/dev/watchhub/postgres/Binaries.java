package dev.watchhub.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The unpacked PostgreSQL programs, kept once per user and version.
 *
 * <p>They are unpacked beside their place under a lock and then renamed, so what stands in the
 * place is whole.
 */
record Binaries(Path home) {
  private static final int DELETE_TRIES = 10;

  private static final String VERSION = version();

  /** The major version, which is what decides whether a data directory fits. */
  static String majorVersion() {
    return VERSION.substring(0, VERSION.indexOf('.'));
  }

  /** The programs in the user's cache, unpacked when they are not there yet. */
  static Binaries cached() {
    return in(cacheDirectory());
  }

  /** The programs in {@code cache}, unpacked when they are not there yet. */
  static synchronized Binaries in(Path cache) {
    Path home = cache.resolve("postgres-" + VERSION + "-" + Platform.name());
    if (!Files.isDirectory(home)) {
      try {
        Files.createDirectories(cache);
        unpackOnce(cache, home);
      } catch (IOException e) {
        throw new PostgresException(
            "cannot unpack PostgreSQL into " + cache + ": " + describe(e), e);
      }
    }
    return new Binaries(home);
  }

  String program(String name) {
    return home.resolve("bin").resolve(Platform.isWindows() ? name + ".exe" : name).toString();
  }

  private static void unpackOnce(Path cache, Path home) throws IOException {
    Path partial = cache.resolve(home.getFileName() + ".partial");
    try (FileChannel file =
            FileChannel.open(
                cache.resolve(home.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      if (lock.isValid() && !Files.isDirectory(home)) {
        deleteTree(partial);
        unpack(partial);
        Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static void unpack(Path target) throws IOException {
    String archive = "/postgres-" + Platform.name() + ".txz";
    try (@Nullable InputStream raw = Binaries.class.getResourceAsStream(archive)) {
      if (raw == null) {
        throw new PostgresException(
            "no PostgreSQL for this platform (%s) in this build; build on it, or use a database of yours"
                .formatted(Platform.name()));
      }
      try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(raw))) {
        for (@Nullable TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          unpack(entry, tar, target);
        }
      }
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path target)
      throws IOException {
    Path file = target.resolve(entry.getName()).normalize();
    if (!file.startsWith(target)) {
      throw new IOException("entry outside of the archive: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(file);
      return;
    }
    Files.createDirectories(file.resolveSibling(""));
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(content, file);
    if (!Platform.isWindows()) {
      boolean executable = (entry.getMode() & 0100) != 0;
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  /**
   * Root's stands where a server without root's rights can read it; everybody else's in the home
   * directory, or, for users without one, in a directory of their own under the temporary one.
   */
  private static Path cacheDirectory() {
    if (Platform.isRoot()) {
      return Path.of("/var/cache/watchhub");
    }
    @Nullable String xdg = System.getenv("XDG_CACHE_HOME");
    Path home = Path.of(System.getProperty("user.home", "/nonexistent"));
    List<Path> candidates =
        xdg == null || xdg.isEmpty()
            ? List.of(home.resolve(".cache"), home.resolve("Library/Caches"))
            : List.of(Path.of(xdg));
    for (Path candidate : candidates) {
      if (Files.isWritable(candidate)) {
        return candidate.resolve("watchhub");
      }
    }
    return Files.isWritable(home) ? home.resolve(".cache/watchhub") : privateTemporary();
  }

  private static Path privateTemporary() {
    Path directory =
        Path.of(
            System.getProperty("java.io.tmpdir", "/tmp"),
            "watchhub-cache-" + System.getProperty("user.name", "user"));
    try {
      if (!Files.exists(directory)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
    } catch (IOException e) {
      throw new PostgresException("cannot create " + directory + ": " + describe(e), e);
    }
    // Programs that somebody else put there must not run as this user.
    if (Platform.isLinux()
        && Account.ownerOf(directory) != Account.ownerOf(Path.of("/proc/self"))) {
      throw new PostgresException(
          directory + " belongs to somebody else; set XDG_CACHE_HOME to a directory of yours");
    }
    return directory;
  }

  static void deleteTree(Path directory) throws IOException {
    for (int triesLeft = DELETE_TRIES; Files.exists(directory); triesLeft--) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (DirectoryNotEmptyException | UncheckedIOException e) {
        if (triesLeft <= 1) { // a process that is just ending may still add and remove files
          throw new IOException("something still writes to " + directory, e);
        }
      }
    }
  }

  /** The failure in words: the exceptions of the file system often name only the file. */
  static String describe(IOException e) {
    return e instanceof java.nio.file.FileSystemException f && f.getReason() == null
        ? e.getClass().getSimpleName().replace("Exception", "") + " " + f.getFile()
        : String.valueOf(e.getMessage());
  }

  private static String version() {
    Properties properties = new Properties();
    try (@Nullable InputStream in = Binaries.class.getResourceAsStream("binaries.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown.0");
  }
}
