package dev.watchhub.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The account that PostgreSQL runs under, which PostgreSQL refuses to be root.
 *
 * @param prefix words before each command that change to the account
 * @param uid the owner that the files must have, negative when it is simply the caller
 */
record Account(List<String> prefix, int uid) {
  private static final int NOBODY = 65534;

  Account {
    prefix = List.copyOf(prefix);
  }

  /**
   * The caller itself, unless it is root. For root: a user namespace where that is allowed, which
   * keeps the files root's own; else the unprivileged user 65534.
   */
  static Account detect() {
    if (!Platform.isRoot()) {
      return new Account(List.of(), -1);
    }
    List<Account> candidates =
        List.of(
            new Account(List.of("unshare", "-U"), 0),
            new Account(
                List.of(
                    "setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"),
                NOBODY));
    for (Account candidate : candidates) {
      if (candidate.works()) {
        return candidate;
      }
    }
    throw new PostgresException(
        "PostgreSQL does not run as root, and neither 'unshare -U' nor 'setpriv' is allowed here;"
            + " run as an ordinary user");
  }

  private boolean works() {
    return Platform.hasProgram(prefix.get(0))
        && Processes.run(command("true"), Path.of("/")).exitCode() == 0;
  }

  /** The command as this account runs it; what is started so is one process, not a child of one. */
  List<String> command(String... words) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(words));
    return command;
  }

  /** Gives the account everything under {@code directory}. */
  void own(Path directory) throws IOException {
    if (uid < 0 || ownerOf(directory) == uid) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            chown(file);
            return FileVisitResult.CONTINUE;
          }

          // The directory last: its owner tells whether all of it was done.
          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            chown(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void chown(Path file) throws IOException {
    Files.setAttribute(file, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
  }

  /** Refuses a directory that the account cannot get to, which is an obscure failure later. */
  void requireReachable(Path directory) throws IOException {
    if (uid < 0) {
      return;
    }
    for (@Nullable Path at = directory; at != null; at = at.getParent()) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(at);
      boolean reachable =
          permissions.contains(
              ownerOf(at) == uid
                  ? PosixFilePermission.OWNER_EXECUTE
                  : PosixFilePermission.OTHERS_EXECUTE);
      if (!reachable) {
        throw new PostgresException(
            "%s cannot be used as root: PostgreSQL runs without root's rights and may not enter %s;"
                    .formatted(directory, at)
                + " use a directory elsewhere, or run as the owner of that one");
      }
    }
  }

  /** The owner's user id. */
  static int ownerOf(Path file) {
    try {
      return (Integer) Files.getAttribute(file, "unix:uid");
    } catch (IOException e) {
      throw new PostgresException("cannot read the owner of " + file + ": " + e.getMessage(), e);
    }
  }
}
