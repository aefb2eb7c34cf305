package dev.watchhub.postgres;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What this machine is, as far as starting PostgreSQL depends on it. */
final class Platform {
  private static final String OS = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
  private static final String ARCH = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);

  private Platform() {}

  static boolean isWindows() {
    return OS.startsWith("windows");
  }

  static boolean isLinux() {
    return OS.startsWith("linux");
  }

  /** The platform as the archives of the binaries are named, such as {@code linux-x86_64}. */
  static String name() {
    String system = isLinux() ? "linux" : isWindows() ? "windows" : "darwin";
    String arch = ARCH.equals("aarch64") ? "arm_64" : "x86_64";
    String libc = Files.exists(Path.of("/etc/alpine-release")) ? "-alpine_linux" : "";
    return system + "-" + arch + libc;
  }

  /** Whether a program of this name is on the PATH. */
  static boolean hasProgram(String name) {
    @Nullable String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String directory : path.split(File.pathSeparator, -1)) {
      if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, name))) {
        return true;
      }
    }
    return false;
  }

  static boolean isRoot() {
    return isLinux() ? Account.ownerOf(Path.of("/proc/self")) == 0 : isMacRoot();
  }

  private static boolean isMacRoot() {
    return !isWindows() && "root".equals(System.getProperty("user.name"));
  }
}
