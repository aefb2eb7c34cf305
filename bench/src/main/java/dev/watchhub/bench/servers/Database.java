package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.postgres.PostgresOptions;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL of a benchmark's own, with the schema installed, new at each start and deleted at
 * the end. Every commit is flushed.
 *
 * <p>Threading: any.
 */
public final class Database implements AutoCloseable {
  /** Room for all writers, and no checkpoint within a measurement unless a run is very long. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "max_connections", "400",
          "shared_buffers", "512MB",
          "max_wal_size", "16GB",
          "checkpoint_timeout", "30min");

  private static final List<String> SHOWN =
      List.of(
          "server_version",
          "fsync",
          "synchronous_commit",
          "wal_level",
          "wal_sync_method",
          "full_page_writes",
          "shared_buffers",
          "max_wal_size",
          "checkpoint_timeout",
          "max_connections");

  private static final Duration RELOAD_LIMIT = Duration.ofSeconds(10);

  private final RunSettings run;
  private final PostgresServer server;
  private final ProcessHandle process;
  private final AtExit atExit;

  private Database(RunSettings run, PostgresServer server) {
    this.run = run;
    this.server = server;
    this.process = ProcessHandle.of(server.pid()).orElseThrow();
    this.atExit = AtExit.call(server::close);
    run.meter().add(process);
  }

  /**
   * Starts one.
   *
   * @param name of its directory, which is emptied
   * @param settings of the server, over the benchmark's
   */
  public static Database start(RunSettings run, String name, Map<String, String> settings) {
    Path directory = run.dataDirectory().resolve("postgres-" + name);
    if (Files.exists(directory)) {
      PostgresServer.start(PostgresOptions.of(directory, 0)).close(); // ends one that was left
      DataFiles.delete(directory);
    }
    Map<String, String> all = new LinkedHashMap<>(SETTINGS);
    all.putAll(settings);
    Database database =
        new Database(run, PostgresServer.start(new PostgresOptions(directory, 0, all)));
    try (Connection connection = database.connect()) {
      SchemaInstaller.install(connection, "public");
      return database;
    } catch (SQLException | RuntimeException e) {
      database.close();
      throw new BenchException("cannot prepare the database: " + e.getMessage(), e);
    }
  }

  public String jdbcUrl() {
    return server.jdbcUrl();
  }

  /** A new connection in autocommit mode; the caller closes it. */
  public Connection connect() throws SQLException {
    return connect("");
  }

  /**
   * The same with parameters of the driver.
   *
   * @param parameters such as {@code prepareThreshold=1}
   */
  public Connection connect(String parameters) throws SQLException {
    return DriverManager.getConnection(jdbcUrl() + "&ApplicationName=watchhub-bench&" + parameters);
  }

  /** A connection that takes replication commands; the caller closes it. */
  public Connection replicationConnection() throws SQLException {
    return connect("replication=database&preferQueryMode=simple&assumeMinServerVersion=15");
  }

  /** Runs statements, each in a transaction of its own. */
  public void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new BenchException(
          "%s: %s".formatted(String.join("; ", statements), e.getMessage()), e);
    }
  }

  /** Who announces what is written from now on: {@code trigger}, {@code hub} or {@code off}. */
  public void notifyMode(String mode) {
    execute("select notify_mode('" + mode + "')");
  }

  /**
   * Makes each flush of a commit take longer, as on a network disk, by {@code commit_delay} with
   * {@code commit_siblings=1}: a writer that is alone is spared.
   *
   * @param delay up to 100 ms; zero for none
   */
  public void flushDelay(Duration delay) {
    String micros = Long.toString(delay.toNanos() / 1000);
    if (micros.equals(setting("commit_delay"))) {
      return;
    }
    execute(
        "alter system set commit_siblings = 1",
        "alter system set commit_delay = " + micros,
        "select pg_reload_conf()");
    long start = System.nanoTime();
    while (!micros.equals(setting("commit_delay"))) { // of a new connection
      if (System.nanoTime() - start > RELOAD_LIMIT.toNanos()) {
        throw new BenchException("the server did not take a commit_delay of " + micros);
      }
    }
  }

  private String setting(String name) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select setting from pg_settings where name = '" + name + "'")) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new BenchException("cannot read " + name + ": " + e.getMessage(), e);
    }
  }

  /** Takes away old revisions and what writing left to do, between two rounds. */
  public void tidy() {
    execute("select compact_to_latest('/')", "vacuum config", "checkpoint");
  }

  /** What the server is set to, as far as it matters to figures. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String name : SHOWN) {
        try (ResultSet row = statement.executeQuery("show " + name)) {
          row.next();
          settings.put(name, row.getString(1));
        }
      }
      return settings;
    } catch (SQLException e) {
      throw new BenchException("cannot read the server's settings: " + e.getMessage(), e);
    }
  }

  /** The postmaster; the server's other processes are its children. */
  public ProcessHandle process() {
    return process;
  }

  /** Stops the server and deletes its data. */
  @Override
  public void close() {
    run.meter().remove(process);
    server.close();
    atExit.forget();
    DataFiles.delete(server.dataDir());
  }
}
