package dev.watchhub.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.http.ListenAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A database with a hub, a control plane and two data planes, one for each watch mode, each its own
 * process.
 */
final class Cluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  final TestDatabase database;
  final EchoServer echo;
  final Ports ports = Ports.free();
  final Ports notifyPorts = Ports.free();
  private WatchhubProcess hub;
  private final WatchhubProcess controlPlane;
  private final WatchhubProcess following;
  private final WatchhubProcess listening;

  Cluster() {
    database = TestDatabase.start();
    echo = EchoServer.start(ListenAddress.loopback(0));
    try (WatchhubProcess install =
        WatchhubProcess.start("install", "--jdbc-url=" + database.jdbcUrl())) {
      if (install.awaitExit() != 0) {
        throw new AssertionError(install.err());
      }
    }
    hub = part("hub", ports);
    controlPlane = part("controlplane", ports);
    following =
        part(
            "dataplane",
            ports,
            "--watch-mode=replication",
            "--route-file=none",
            "--hub=http://127.0.0.1:" + ports.hub());
    listening = part("dataplane", notifyPorts, "--watch-mode=notify", "--route-file=none");
    for (WatchhubProcess process :
        new WatchhubProcess[] {hub, controlPlane, following, listening}) {
      process.awaitReady();
    }
  }

  private WatchhubProcess part(String name, Ports at, String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = name;
    arguments[1] = "--jdbc-url=" + database.jdbcUrl();
    arguments[2] = "--port-offset=" + at.offset();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return WatchhubProcess.start(arguments);
  }

  void killHub() {
    hub.kill();
    hub.close();
  }

  void startHub() {
    hub = part("hub", ports).awaitReady();
  }

  String listeningLog() {
    return listening.err();
  }

  String followingLog() {
    return following.err();
  }

  /** A route to the echo upstream, as JSON text. */
  String route(String uri) {
    return "{\"uri\":\"" + uri + "\",\"upstream\":\"http://127.0.0.1:" + echo.port() + "\"}";
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl());
  }

  /** Writes through the functions, round the control plane. */
  long set(String key, String value) throws SQLException {
    try (Connection connection = connect()) {
      return set(connection, key, value);
    }
  }

  static long set(Connection connection, String key, String value) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT set(?, ?)")) {
      statement.setString(1, key);
      statement.setString(2, value);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  void del(String key) throws SQLException {
    execute("SELECT del('" + key + "')");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Key and revision of every live route, as the table has them. */
  private Map<String, Long> table() throws SQLException {
    Map<String, Long> routes = new TreeMap<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT k, r FROM get_all('/routes/')")) {
      while (rows.next()) {
        routes.put(rows.getString(1), rows.getLong(2));
      }
    }
    return routes;
  }

  private Map<String, Long> hubRoutes() {
    return revisions(Http.get(ports.hub(), "/kv?prefix=/routes/").json().get("items"));
  }

  private static Map<String, Long> planeRoutes(Ports at) {
    return revisions(Http.get(at.dataPlaneAdmin(), "/routes").json().get("items"));
  }

  private static Map<String, Long> revisions(JsonNode items) {
    Map<String, Long> routes = new TreeMap<>();
    items.forEach(item -> routes.put(item.get("key").asText(), item.get("revision").asLong()));
    return routes;
  }

  /** Waits until table, hub and both data planes have the same routes at the same revisions. */
  void awaitAgreement() {
    await("table, hub and data planes agree")
        .atMost(LIMIT)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              Set<Map<String, Long>> views =
                  Set.copyOf(
                      java.util.List.of(
                          table(), hubRoutes(), planeRoutes(ports), planeRoutes(notifyPorts)));
              if (views.size() != 1) {
                throw new AssertionError(views + " in some order");
              }
            });
  }

  /** Status codes that the two data planes give for a path. */
  Set<Integer> statusOf(String path) {
    Set<Integer> statuses = new TreeSet<>();
    statuses.add(Http.get(ports.dataPlane(), path).status());
    statuses.add(Http.get(notifyPorts.dataPlane(), path).status());
    return statuses;
  }

  void awaitStatus(String path, int status) {
    await(path + " answers " + status)
        .atMost(LIMIT)
        .until(() -> statusOf(path).equals(Set.of(status)));
  }

  @Override
  public void close() {
    following.close();
    listening.close();
    controlPlane.close();
    hub.close();
    echo.close();
    database.close();
  }
}
