package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.servers.HubProcess;
import dev.watchhub.bench.servers.LiveHeap;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A hub, published to by writing into its database. */
final class HubService implements Service {
  private final HubProcess hub;
  private final Database database;

  private HubService(HubProcess hub, Database database) {
    this.hub = hub;
    this.database = database;
  }

  /** Starts a hub of {@code database}, which the caller closes. */
  static HubService start(RunSettings run, Database database) {
    return new HubService(
        HubProcess.start(run, database.jdbcUrl(), List.of(), List.of()), database);
  }

  @Override
  public int port() {
    return hub.port();
  }

  @Override
  public String path(Layout layout) {
    return watchPath(layout);
  }

  /** What a subscriber of any hub asks for. */
  static String watchPath(Layout layout) {
    String prefix = layout == Layout.SHARED ? "/fan/shared/" : "/fan/own{i}/";
    return "/watch?snapshot=false&prefix=" + prefix;
  }

  @Override
  public Publisher publisher() {
    try {
      return new Writer(database.connect());
    } catch (SQLException e) {
      throw new BenchException("cannot connect to the database: " + e.getMessage(), e);
    }
  }

  @Override
  public ProcessHandle process() {
    return ProcessHandle.of(hub.pid()).orElseThrow(() -> new BenchException("the hub has ended"));
  }

  @Override
  public Optional<ProcessHandle> database() {
    return Optional.of(database.process());
  }

  @Override
  public OptionalLong heapBytes() {
    return OptionalLong.of(LiveHeap.bytes(hub.pid()));
  }

  @Override
  public void close() {
    hub.close();
  }

  /** Puts one key at a time, each in a transaction of its own. */
  static final class Writer implements Publisher {
    private static final int KEYS = 100; // of each publisher, so that none waits for another's lock

    private final Connection connection;
    private final PreparedStatement put;
    private int puts;

    Writer(Connection connection) throws SQLException {
      this.connection = connection;
      this.put = connection.prepareStatement("select set(?, ?)");
    }

    @Override
    public void publish(Layout layout, int index, String value) {
      String key =
          layout == Layout.SHARED
              ? "/fan/shared/%d-%d".formatted(index, puts++ % KEYS)
              : "/fan/own%d/key".formatted(index);
      try {
        put.setString(1, key);
        put.setString(2, value);
        put.execute();
      } catch (SQLException e) {
        throw new BenchException("a put failed: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new BenchException("a connection cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}
