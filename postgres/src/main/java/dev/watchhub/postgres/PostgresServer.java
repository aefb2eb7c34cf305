package dev.watchhub.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server on 127.0.0.1 that this process starts and stops.
 *
 * <p>User and database are {@code postgres}, without a password. It flushes every commit, has
 * {@code wal_level=logical}, and stands in a session of its own, so that Ctrl-C in a terminal
 * reaches only its parent.
 *
 * <p>Threading: any thread; start and stop exclude each other.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
  private static final Duration RETRY_LIMIT = Duration.ofSeconds(10);
  private static final Duration RETRY_PAUSE = Duration.ofMillis(100);
  private static final String TEMPORARY_PREFIX = "watchhub-pg-";

  // Fixed at construction.
  private final DataDirectory data;
  private final Binaries binaries;
  private final Launcher launcher;
  private final PostgresOptions options;
  private final boolean deleteOnClose;

  // Guarded by this.
  private int port;
  private @Nullable ProcessHandle process;
  private boolean closed;

  private PostgresServer(DataDirectory data, PostgresOptions options, boolean deleteOnClose) {
    this.data = data;
    this.binaries = Binaries.cached();
    this.launcher = new Launcher(data, data.account(), binaries);
    this.options = options;
    this.port = options.port();
    this.deleteOnClose = deleteOnClose;
  }

  /**
   * Starts a server and returns when it accepts connections. A server that a killed watchhub left
   * behind in the same directory is stopped first.
   *
   * @throws PostgresException with one line that says what is in the way; nothing is left running
   */
  public static PostgresServer start(PostgresOptions options) {
    return start(options, false);
  }

  /**
   * Starts a server on a free port, in a new directory that {@link #close} deletes.
   *
   * @param settings server settings over the defaults
   */
  public static PostgresServer temporary(Map<String, String> settings) {
    return start(new PostgresOptions(temporaryDirectory(), 0, settings), true);
  }

  private static Path temporaryDirectory() {
    try {
      Path directory = Files.createTempDirectory(TEMPORARY_PREFIX);
      sweepTemporary(directory);
      // Root's server may run as another user, which has to get in.
      if (Platform.isRoot()) {
        directory.toFile().setExecutable(true, false);
      }
      return directory;
    } catch (IOException e) {
      throw new PostgresException("cannot make a temporary directory: " + Binaries.describe(e), e);
    }
  }

  /**
   * Starts a hot standby of this server on a free port, in a new directory that its {@link #close}
   * deletes. This server is stopped while its data are copied, and runs again when this returns.
   *
   * @param throughPort where on 127.0.0.1 the standby finds this server: its own port, or one that
   *     leads there
   * @param settings of the standby, over the defaults
   */
  public PostgresServer standby(int throughPort, Map<String, String> settings) {
    Path directory = temporaryDirectory();
    synchronized (this) {
      stop();
      try {
        StandbyCopy.make(data.cluster(), directory.resolve("postgres"));
      } catch (IOException e) {
        throw new PostgresException(
            "cannot copy " + data.cluster() + ": " + Binaries.describe(e), e);
      } finally {
        launch();
      }
    }
    Map<String, String> all = new HashMap<>(settings);
    all.put("primary_conninfo", "host=127.0.0.1 port=%d user=postgres".formatted(throughPort));
    return start(new PostgresOptions(directory, 0, all), true);
  }

  /**
   * Makes a primary of this standby, with what it has received; returns when it takes writes.
   *
   * @throws PostgresException when it does not run, or is no standby
   */
  public synchronized void promote() {
    pid();
    launcher.promote();
  }

  /** The one server that the tests of this JVM share; the end of the JVM stops it, nobody else. */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    private static final PostgresServer SERVER = temporary(Map.of());

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close, "stop-shared-postgres"));
    }
  }

  private static PostgresServer start(PostgresOptions options, boolean deleteOnClose) {
    PostgresServer server = open(options, deleteOnClose);
    // The caller cannot close what it does not have yet, and Ctrl-C does not reach the server.
    Thread closing = new Thread(server::close, "stop-postgres");
    try {
      Runtime.getRuntime().addShutdownHook(closing);
      server.launch();
      return server;
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    } finally {
      forget(closing);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      log.debug("The process is ending, which closes the server");
    }
  }

  /** Takes the data directory, starts nothing. */
  private static PostgresServer open(PostgresOptions options, boolean deleteOnClose) {
    DataDirectory data = DataDirectory.open(options.dataDir(), Account.detect());
    try {
      return new PostgresServer(data, options, deleteOnClose);
    } catch (RuntimeException | Error e) {
      data.close();
      throw e;
    }
  }

  /** The TCP port on 127.0.0.1. */
  public synchronized int port() {
    return port;
  }

  /** A JDBC URL with the user in it; needs no password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/postgres?user=postgres";
  }

  /** The directory that the server was started with, absolute. */
  public Path dataDir() {
    return data.root();
  }

  /**
   * The process id of the postmaster.
   *
   * @throws PostgresException when it does not run
   */
  public synchronized long pid() {
    if (process == null) {
      throw new PostgresException("PostgreSQL in " + dataDir() + " does not run");
    }
    return process.pid();
  }

  /**
   * Starts the server again on the same directory and port, stopping it first if it runs.
   *
   * @throws PostgresException as {@link #start}, or when this object is closed
   */
  public synchronized void restart() {
    if (closed) {
      throw new PostgresException("PostgreSQL in " + dataDir() + " was closed");
    }
    stop();
    launch();
  }

  /** Kills every process of the server as {@code kill -9} does, and returns when they are gone. */
  public synchronized void crash() {
    if (process != null) {
      Processes.killTree(process);
      process = null;
    }
  }

  /** Stops the server within five seconds, by force if need be. May be called twice. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      stop();
      if (deleteOnClose) {
        stopLeftover();
        Binaries.deleteTree(data.root());
      }
    } catch (IOException e) {
      throw new PostgresException("cannot delete " + data.root(), e);
    } finally {
      data.close();
    }
  }

  private void stop() {
    if (process != null) {
      launcher.stop(process);
      process = null;
    }
  }

  private synchronized void launch() {
    try {
      stopLeftover();
      boolean anyPort = port == 0;
      if (anyPort) {
        port = LoopbackPort.anyFree();
      } else {
        LoopbackPort.requireFree(port);
      }
      data.initialise(binaries, !deleteOnClose);
      data.configure(options.effectiveSettings(port));
      process = launchUntilReady(anyPort);
    } catch (IOException e) {
      throw new PostgresException(
          "cannot prepare data directory " + data.root() + ": " + Binaries.describe(e), e);
    }
  }

  private void stopLeftover() throws IOException {
    Optional<DataDirectory.Postmaster> running = data.postmaster();
    if (running.isEmpty()) {
      data.removeStalePidFile();
      return;
    }
    ProcessHandle server = running.get().process();
    if (!data.isOurs(server)) {
      throw new PostgresException(
          "data directory %s is in use by a PostgreSQL that watchhub did not start (pid %d, port %d); stop it or use another directory"
              .formatted(data.root(), server.pid(), running.get().port()));
    }
    log.info(
        "Stopping the PostgreSQL (pid {}) that an earlier watchhub left behind in {}",
        server.pid(),
        data.root());
    launcher.stop(server);
    data.removeStalePidFile();
  }

  /**
   * Tries again after the two failures that pass by themselves: backends of a killed server that
   * still hold its memory, and a free port that another took meanwhile.
   */
  private ProcessHandle launchUntilReady(boolean anyPort) throws IOException {
    long start = System.nanoTime();
    while (true) {
      Launcher.Outcome outcome = launcher.launch();
      if (outcome.reason().isEmpty()) {
        return outcome.process();
      }
      boolean mayPass = System.nanoTime() - start < RETRY_LIMIT.toNanos();
      if (mayPass && outcome.reason().contains("shared memory block")) {
        Processes.pause(RETRY_PAUSE);
      } else if (mayPass && anyPort && outcome.reason().contains("TCP/IP sockets")) {
        port = LoopbackPort.anyFree();
        data.configure(options.effectiveSettings(port));
      } else {
        throw new PostgresException(
            "PostgreSQL did not start in %s: %s; see %s"
                .formatted(data.root(), outcome.reason(), data.log()));
      }
    }
  }

  /** Ends and deletes the temporary servers of this user's JVMs that were killed. */
  private static void sweepTemporary(Path own) throws IOException {
    List<Path> others;
    try (Stream<Path> all = Files.list(own.resolveSibling(""))) {
      others =
          all.filter(p -> String.valueOf(p.getFileName()).startsWith(TEMPORARY_PREFIX))
              .filter(p -> Files.exists(p.resolve("watchhub.pid")))
              .toList();
    }
    for (Path other : others) {
      try {
        if (Files.getOwner(other).equals(Files.getOwner(own))) {
          open(PostgresOptions.of(other, 0), true).close();
        }
      } catch (IOException gone) {
        log.debug("{} was deleted meanwhile", other);
      } catch (PostgresException inUse) {
        log.debug("Left {} alone: {}", other, inUse.getMessage());
      }
    }
  }
}
