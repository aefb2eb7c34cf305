package dev.watchhub.hub;

import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.fanout.Timing;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;

/** A schema, slot and publication of one test. */
final class HubDatabase implements AutoCloseable {
  /** Often enough for tests that wait for them. */
  static final Timing TIMING =
      new Timing(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5));

  private static final Duration READY_LIMIT = Duration.ofSeconds(20);

  private final PostgresServer server;
  private final String name;
  private final Connection connection;
  private final Queue<AssertionError> faults = new ConcurrentLinkedQueue<>(); // of its hubs

  private HubDatabase(PostgresServer server, String name, Connection connection) {
    this.server = server;
    this.name = name;
    this.connection = connection;
  }

  static HubDatabase create(PostgresServer server, String test) throws SQLException {
    String name = "hub_" + test.replaceAll("\\W", "").toLowerCase(Locale.ROOT);
    String shortName = name.substring(0, Math.min(name.length(), 50));
    Connection connection = DriverManager.getConnection(server.jdbcUrl());
    SchemaInstaller.install(connection, shortName);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + shortName);
    }
    return new HubDatabase(server, shortName, connection);
  }

  Source source() {
    return new Source(server.jdbcUrl(), name, name, "watchhub_" + name);
  }

  WatchHub startHub() {
    return startHub(LogBounds.DEFAULT);
  }

  WatchHub startHub(LogBounds bounds) {
    WatchHub hub = startHubUnready(bounds);
    awaitReady(hub);
    return hub;
  }

  WatchHub startHubUnready() {
    return startHubUnready(LogBounds.DEFAULT);
  }

  /** Of a source of the test's own making, with this one's slot. */
  WatchHub startHub(Source source) {
    WatchHub hub = startHubUnready(LogBounds.DEFAULT, source);
    awaitReady(hub);
    return hub;
  }

  /** As another role. */
  WatchHub startHub(String role) {
    String url = server.jdbcUrl().replace("user=postgres", "user=" + role);
    return startHub(new Source(url, name, name, "watchhub_" + name));
  }

  /** One beside the first, with a slot of its own that {@link #close} drops too. */
  WatchHub startSecondHub() {
    Source first = source();
    return startHub(new Source(first.jdbcUrl(), name, secondSlot(), first.publication()));
  }

  private String secondSlot() {
    return name + "_second";
  }

  private WatchHub startHubUnready(LogBounds bounds) {
    return startHubUnready(bounds, source());
  }

  private WatchHub startHubUnready(LogBounds bounds, Source source) {
    HubOptions options = new HubOptions(ListenAddress.loopback(0), source, bounds, TIMING, 2);
    return WatchHub.start(
        options, (component, cause) -> faults.add(new AssertionError(component, cause)));
  }

  static void awaitReady(WatchHub hub) {
    Awaitility.await("the hub is ready").atMost(READY_LIMIT).until(hub::isReady);
  }

  /** A connection of its own, with the search path set. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl() + "&currentSchema=" + name);
  }

  long set(String key, String value) throws SQLException {
    return set(connection, key, value);
  }

  static long set(Connection connection, String key, String value) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT set(?, ?)")) {
      statement.setString(1, key);
      statement.setString(2, value);
      return number(statement);
    }
  }

  long del(String key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT del(?)")) {
      statement.setString(1, key);
      return number(statement);
    }
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  Optional<String> query(String sql) throws SQLException {
    try (Connection fresh = connect();
        Statement statement = fresh.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    }
  }

  /** Key and revision of everything live, as the table has it. */
  Map<String, Long> live() throws SQLException {
    Map<String, Long> live = new TreeMap<>();
    try (Connection fresh = connect();
        Statement statement = fresh.createStatement();
        ResultSet rows = statement.executeQuery("SELECT k, r FROM get_all('/')")) {
      while (rows.next()) {
        live.put(rows.getString(1), rows.getLong(2));
      }
    }
    return live;
  }

  /** Drops the slot, also under a hub that reads it, or whose walsender is still ending. */
  void loseSlot() {
    Awaitility.await("the slot is dropped between two connections of the hub")
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(
            () -> {
              execute(
                  "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '%s'"
                      .formatted(name));
              execute("SELECT pg_drop_replication_slot('%s')".formatted(name));
              return true;
            });
  }

  /** Something that is done to the database. */
  interface Deed {
    void run() throws SQLException;
  }

  /** Drops the slot under the hub that reads it; there is a new one only when all is done. */
  void loseSlotDuring(Deed deed) throws SQLException {
    try (Connection open = connect();
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("SELECT pg_current_xact_id()"); // the new slot waits for it to end
      loseSlot();
      deed.run();
      open.commit();
    }
  }

  private static long number(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * Drops the slot, which would hold back the server's write-ahead log.
   *
   * @throws AssertionError if a thread of a hub has failed
   */
  @Override
  public void close() throws SQLException {
    connection.close();
    try (Connection fresh = connect();
        Statement statement = fresh.createStatement()) {
      statement.execute(
          """
          SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
          WHERE slot_name IN ('%s', '%s') AND active
          """
              .formatted(name, secondSlot()));
      statement.execute(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name IN ('%s', '%s')"
              .formatted(name, secondSlot()));
      statement.execute("DROP SCHEMA " + name + " CASCADE");
    }
    for (AssertionError fault : faults) {
      throw fault;
    }
  }
}
