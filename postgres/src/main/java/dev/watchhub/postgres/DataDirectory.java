package dev.watchhub.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The directory with a server's data, held by one process at a time.
 *
 * <p>{@code postgres} is the cluster, {@code postgres.log} what the server says, {@code
 * watchhub.lock} held for as long as this object is open, {@code watchhub.pid} the server that was
 * started here last: by it a server that outlived its parent is told from one that somebody else
 * runs.
 */
final class DataDirectory implements AutoCloseable {
  private static final long LOG_LIMIT_BYTES = 10 << 20;
  private static final int BUILTIN_LOCALES = 17; // the first version that has them

  private final Path root;
  private final Account account;
  private final DirectoryLock lock;

  private DataDirectory(Path root, Account account, DirectoryLock lock) {
    this.root = root;
    this.account = account;
    this.lock = lock;
  }

  /** What the running server has written about itself. */
  record Postmaster(ProcessHandle process, int port, String status) {}

  /** Makes the directory if need be, then takes the lock on it. */
  static DataDirectory open(Path root, Account account) {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new PostgresException(
          "data directory %s is no directory; name another".formatted(root));
    }
    try {
      Files.createDirectories(root);
      if (Files.exists(root.resolve("PG_VERSION"))) {
        throw new PostgresException(
            "%s is itself the data directory of a PostgreSQL %s; name another directory"
                .formatted(root, Files.readString(root.resolve("PG_VERSION")).strip()));
      }
      DirectoryLock lock =
          DirectoryLock.take(root)
              .orElseThrow(
                  () ->
                      new PostgresException(
                          "data directory %s is in use by another running watchhub; stop it or use another directory"
                              .formatted(root)));
      try {
        account.requireReachable(root);
        DataDirectory opened = new DataDirectory(root, account, lock);
        opened.requireSameVersion();
        return opened;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new PostgresException(
          "cannot write to data directory %s (%s); make it writable or use another directory"
              .formatted(root, Binaries.describe(e)),
          e);
    }
  }

  Account account() {
    return account;
  }

  Path root() {
    return root;
  }

  Path cluster() {
    return root.resolve("postgres");
  }

  Path log() {
    return root.resolve("postgres.log");
  }

  private void requireSameVersion() throws IOException {
    Path file = cluster().resolve("PG_VERSION");
    if (Files.exists(file)) {
      String version = Files.readString(file).strip();
      if (!version.equals(Binaries.majorVersion())) {
        throw new PostgresException(
            "data directory %s was made by PostgreSQL %s, this is %s; dump and restore it, or use another directory"
                .formatted(root, version, Binaries.majorVersion()));
      }
    }
  }

  /** Makes the cluster unless there is one; one that was cut short is made again. */
  void initialise(Binaries binaries, boolean durable) throws IOException {
    if (Files.exists(cluster().resolve("PG_VERSION"))) {
      account.own(cluster());
      return;
    }
    Path partial = root.resolve("postgres.partial");
    Binaries.deleteTree(partial);
    Files.createDirectory(partial);
    account.own(partial);
    List<String> initdb =
        new ArrayList<>(
            List.of(
                binaries.program("initdb"),
                "--pgdata=" + partial,
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                durable ? "--no-instructions" : "--no-sync"));
    if (Integer.parseInt(Binaries.majorVersion()) >= BUILTIN_LOCALES) {
      initdb.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
    }
    Processes.Result result =
        Processes.run(account.command(initdb.toArray(String[]::new)), binaries.home());
    if (result.exitCode() != 0) {
      throw new PostgresException(
          "cannot make a database in " + root + ": initdb says: " + result.lastLine());
    }
    Files.writeString(
        partial.resolve("postgresql.conf"),
        "\ninclude_if_exists = 'watchhub.conf'\n",
        StandardOpenOption.APPEND);
    Files.move(partial, cluster(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Replaces the settings that the next start reads. */
  void configure(Map<String, String> settings) throws IOException {
    String lines =
        new TreeMap<>(settings)
            .entrySet().stream()
                .map(s -> s.getKey() + " = '" + s.getValue().replace("'", "''") + "'\n")
                .collect(Collectors.joining("", "# Written at each start.\n", ""));
    Files.writeString(cluster().resolve("watchhub.conf"), lines);
    if (account.uid() >= 0) {
      Files.setAttribute(cluster().resolve("watchhub.conf"), "unix:uid", account.uid());
    }
  }

  /** Starts a new log when the old one has grown; returns where in the log the next line goes. */
  long prepareLog() throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT_BYTES) {
      Files.move(log(), root.resolve("postgres.log.old"), StandardCopyOption.REPLACE_EXISTING);
    }
    return Files.exists(log()) ? Files.size(log()) : 0;
  }

  /** The reason that the server gave in its log after {@code offset} for not starting. */
  String failureSince(long offset) {
    try {
      byte[] all = Files.readAllBytes(log());
      int from = (int) Math.min(offset, all.length);
      List<String> lines =
          new String(all, from, all.length - from, StandardCharsets.UTF_8).lines().toList();
      return lines.stream()
          .filter(line -> line.contains("FATAL: ") || line.contains("PANIC: "))
          .reduce((a, b) -> b)
          .map(line -> line.replaceFirst("^.*?(FATAL|PANIC): +", ""))
          .orElse(lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  void remember(ProcessHandle server) throws IOException {
    Files.writeString(root.resolve("watchhub.pid"), server.pid() + "\n");
  }

  /** Whether this directory's last server was started by a watchhub, to judge by its id. */
  boolean isOurs(ProcessHandle server) throws IOException {
    Path file = root.resolve("watchhub.pid");
    return Files.exists(file) && Files.readString(file).strip().equals(Long.toString(server.pid()));
  }

  /** The server that runs on this cluster now; a pid file may name a process that is another. */
  Optional<Postmaster> postmaster() throws IOException {
    Path file = cluster().resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 4) {
      return Optional.empty();
    }
    long pid = Long.parseLong(lines.get(0).strip());
    int port = Integer.parseInt(lines.get(3).strip());
    String status = lines.size() < 8 ? "starting" : lines.get(7).strip();
    return ProcessHandle.of(pid)
        .filter(process -> Processes.alive(process) && servesCluster(process))
        .map(process -> new Postmaster(process, port, status));
  }

  /**
   * Removes the pid file of a server that runs no more: in a container the same low ids come again,
   * and PostgreSQL would take the new process for the old server.
   */
  void removeStalePidFile() throws IOException {
    Files.deleteIfExists(cluster().resolve("postmaster.pid"));
  }

  private boolean servesCluster(ProcessHandle process) {
    try {
      return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), cluster());
    } catch (IOException notTold) {
      return process.info().command().filter(c -> c.contains("postgres")).isPresent();
    }
  }

  /** Lets go of the lock. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new PostgresException("cannot release the lock on " + root, e);
    }
  }
}
