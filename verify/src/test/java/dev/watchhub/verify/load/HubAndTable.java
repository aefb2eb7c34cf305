package dev.watchhub.verify.load;

import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A schema of its own with a hub on it. */
final class HubAndTable implements AutoCloseable {
  final PostgresServer server;
  final String schema;
  private final WatchHub hub;

  HubAndTable(PostgresServer server, String schema) throws SQLException {
    this.server = server;
    this.schema = schema;
    try (Connection connection = connect()) {
      SchemaInstaller.install(connection, schema);
    }
    Source source = new Source(server.jdbcUrl(), schema, schema, "watchhub_" + schema);
    hub =
        WatchHub.start(
            HubOptions.of(ListenAddress.loopback(0), source),
            (component, cause) -> {
              throw new AssertionError(component, cause);
            });
    Awaitility.await("the hub is ready").atMost(Duration.ofSeconds(20)).until(hub::isReady);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + hub.port());
  }

  VerifyOptions options() {
    return VerifyOptions.of(url(), server.jdbcUrl()).withSchema(schema);
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl());
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema);
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema);
      try (ResultSet row = statement.executeQuery(sql)) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    hub.close();
    String ofSlot = " FROM pg_replication_slots WHERE slot_name = '" + schema + "'";
    execute("SELECT pg_terminate_backend(active_pid, 5000)" + ofSlot + " AND active");
    execute("SELECT pg_drop_replication_slot(slot_name)" + ofSlot);
    execute("DROP SCHEMA " + schema + " CASCADE");
  }
}
