package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.hub.fanout.Timing;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import dev.watchhub.testkit.TcpProxy;
import dev.watchhub.verify.source.SlotTruth;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;

/**
 * A database and a hub, with every link between them and others in the test's hand.
 *
 * <p>The hub reaches the database through {@link #hubsLink}, watchers the hub through {@link
 * #clientsLink}, writers and the watcher that listens the database through {@link #writersLink}. So
 * each can be broken alone, and all go along when a standby takes over.
 */
final class FaultBed implements AutoCloseable {
  static final String SLOT = "watchhub";
  static final String PUBLICATION = "watchhub";

  /** The slot and the publication of the rounds, from which the truth is read. */
  static final String TRUTH = "truth";

  /** Short enough for tests; a write deadline that a busy machine does not miss. */
  static final Timing TIMING =
      new Timing(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(4));

  static final Duration LIMIT = Duration.ofSeconds(40);

  /**
   * How a bed is made.
   *
   * @param settings of the server
   * @param ownProcess whether the hub has a process of its own, which can be killed
   */
  record Options(Map<String, String> settings, boolean ownProcess, LogBounds bounds) {
    /** A hub in this process, with the usual bounds. */
    static final Options USUAL = new Options(Map.of(), false, LogBounds.DEFAULT);

    Options withSettings(Map<String, String> other) {
      return new Options(other, ownProcess, bounds);
    }

    Options inOwnProcess() {
      return new Options(settings, true, bounds);
    }

    Options withBounds(LogBounds other) {
      return new Options(settings, ownProcess, other);
    }
  }

  final TcpProxy hubsLink;
  final TcpProxy writersLink;
  final TcpProxy clientsLink;
  private final Options options;
  private final List<PostgresServer> servers = new ArrayList<>(); // standbys, and the primary last
  private Optional<TestHub> hub = Optional.empty();

  private FaultBed(Options options, PostgresServer server) {
    this.options = options;
    this.servers.add(server);
    this.hubsLink = TcpProxy.to(server.port());
    this.writersLink = TcpProxy.to(server.port());
    this.clientsLink = TcpProxy.to(server.port()); // until there is a hub
  }

  /** A database with the schema, and a hub that is ready. */
  static FaultBed start(Options options) {
    FaultBed bed = withoutHub(options);
    try {
      bed.startHub();
      return bed;
    } catch (RuntimeException | Error e) {
      bed.close();
      throw e;
    }
  }

  static FaultBed withoutHub(Options options) {
    FaultBed bed = new FaultBed(options, PostgresServer.temporary(options.settings()));
    try (Connection connection = bed.connect()) {
      SchemaInstaller.install(connection, "public");
      return bed;
    } catch (SQLException e) {
      bed.close();
      throw new AssertionError(e);
    }
  }

  // The database

  PostgresServer database() {
    return servers.get(servers.size() - 1);
  }

  /** A connection straight to the primary, through no link. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(database().jdbcUrl());
  }

  /** How writers reach the database. */
  String writersUrl() {
    return url(writersLink.port());
  }

  private static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  /** The first column of the first row; empty when there is none, or it is null. */
  Optional<String> query(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  /** Starts a standby of the primary, which is stopped for a moment. */
  PostgresServer addStandby(int throughPort) {
    PostgresServer standby = database().standby(throughPort, options.settings());
    servers.add(0, standby);
    return standby;
  }

  /** Kills the primary, promotes the standby, and lets every link lead there. */
  void failOver(PostgresServer standby) {
    PostgresServer lost = database();
    lost.crash();
    standby.promote();
    lost.close();
    servers.remove(lost);
    for (TcpProxy link : List.of(hubsLink, writersLink)) {
      link.target(standby.port());
      link.cut();
    }
  }

  // The hub's slot

  Optional<String> walsender() {
    return query(
        "SELECT active_pid FROM pg_replication_slots WHERE slot_name = '%s'".formatted(SLOT));
  }

  /** Waits until the hub has told the server how far it may forget, after all that is written. */
  void awaitConfirmation() {
    String later = query("SELECT clock_timestamp() + interval '1 second'").orElseThrow();
    awaiting("the hub confirms after " + later)
        .until(
            () ->
                query(
                        """
                        SELECT 1 FROM pg_stat_replication JOIN pg_replication_slots ON pid = active_pid
                        WHERE slot_name = '%s' AND reply_time > '%s'
                        """
                            .formatted(SLOT, later))
                    .isPresent());
  }

  void endWalsender() {
    query(
        "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = '%s' AND active"
            .formatted(SLOT));
  }

  /** What the server says of the slot, for a person. */
  String slotState() {
    return query(
            """
            SELECT format('%%s; the log ends at %%s', to_jsonb(s), pg_current_wal_lsn())
            FROM pg_replication_slots s WHERE slot_name = '%s'
            """
                .formatted(SLOT))
        .orElse("no slot");
  }

  /** Drops the slot in a moment in which nobody reads it. */
  void dropSlot() {
    awaiting("a moment in which the slot can be dropped")
        .ignoreExceptionsMatching(e -> e.getCause() instanceof SQLException)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              endWalsender();
              return query("SELECT pg_drop_replication_slot('%s')".formatted(SLOT)).isPresent();
            });
  }

  /** Writes so much write-ahead log that is of no interest to the hub, in the order of 16 MB. */
  void fillWal(int segments) {
    for (int i = 0; i < segments; i++) {
      execute("SELECT pg_logical_emit_message(false, 'filler', 'x')");
      execute("SELECT pg_switch_wal()");
    }
  }

  /** Lets the server forget what the last round read the truth from, for the next. */
  void dropTruth() {
    try (Connection connection = connect()) {
      SlotTruth.drop(connection, TRUTH);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Makes good what a fault has left behind that was not over. */
  void recover() {
    for (TcpProxy link : List.of(hubsLink, writersLink, clientsLink)) {
      link.pass();
    }
    execute("ALTER SYSTEM RESET max_slot_wal_keep_size");
    query("SELECT pg_reload_conf()");
    if (hub.isEmpty()) {
      startHubUnready();
    }
    hub().awaitReady();
  }

  // The hub

  TestHub hub() {
    return hub.orElseThrow();
  }

  /** How watchers reach the hub. */
  URI hubUri() {
    return URI.create("http://127.0.0.1:" + clientsLink.port());
  }

  void startHub() {
    startHubUnready();
    hub().awaitReady();
  }

  void startHubUnready() {
    assertThat(hub).isEmpty();
    String url = url(hubsLink.port());
    TestHub started =
        options.ownProcess()
            ? TestHub.elsewhere(url, options.bounds())
            : TestHub.here(url, options.bounds(), TIMING);
    hub = Optional.of(started);
    clientsLink.target(started.port());
  }

  /** {@code kill -9}. */
  void killHub() {
    hub().kill();
    hub = Optional.empty();
  }

  void stopHub() {
    hub().close();
    hub = Optional.empty();
  }

  static ConditionFactory awaiting(String what) {
    return await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(20));
  }

  @Override
  public void close() {
    hubsLink.pass();
    try {
      hub.ifPresent(TestHub::close);
    } finally {
      hubsLink.close();
      writersLink.close();
      clientsLink.close();
      servers.forEach(PostgresServer::close);
    }
  }
}
