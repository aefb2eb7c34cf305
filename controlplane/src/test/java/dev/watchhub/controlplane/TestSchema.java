package dev.watchhub.controlplane;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.junit.jupiter.api.TestInfo;

/** A schema of its own on a real server, installed and emptied for one test class. */
record TestSchema(String jdbcUrl, String name) {
  /** Installs the schema of {@code test} on the shared server. */
  static TestSchema of(Class<?> test) {
    return on(PostgresServer.shared(), "cp_" + test.getSimpleName());
  }

  /** Installs the schema of one test method on the shared server. */
  static TestSchema of(TestInfo test) {
    String name = "cp_" + test.getTestMethod().orElseThrow().getName();
    return on(PostgresServer.shared(), name.substring(0, Math.min(name.length(), 50)));
  }

  static TestSchema on(PostgresServer server, String name) {
    TestSchema schema = new TestSchema(server.jdbcUrl(), name.toLowerCase(Locale.ROOT));
    try (Connection connection = schema.connect()) {
      SchemaInstaller.install(connection, schema.name);
    } catch (SQLException e) {
      throw new AssertionError("installing " + schema, e);
    }
    return schema;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl);
  }

  /** Writes round the API, as somebody with psql would. */
  void put(String key, String value) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement put =
            connection.prepareStatement("SELECT revision FROM %s.put(?, ?)".formatted(path()))) {
      put.setString(1, key);
      put.setString(2, value);
      put.executeQuery();
    }
  }

  /** Runs a statement in which {@code %s} stands for the schema. */
  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql.formatted(path()));
    }
  }

  /** The newest text that the table has for {@code key}. */
  String stored(String key) throws SQLException {
    return ask("SELECT value FROM %s.config WHERE key = ? ORDER BY revision DESC LIMIT 1", key);
  }

  /** How many rows the table has. */
  long rows() throws SQLException {
    return Long.parseLong(ask("SELECT count(*) FROM %s.config WHERE key <> ?", ""));
  }

  /** How many sessions the server has of one application. */
  long sessions(String application) throws SQLException {
    return Long.parseLong(
        ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = ?", application));
  }

  private String ask(String sql, String bound) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement query = connection.prepareStatement(sql.formatted(path()))) {
      query.setString(1, bound);
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          throw new AssertionError("no row for " + bound);
        }
        return rows.getString(1);
      }
    }
  }

  private String path() {
    return '"' + name + '"';
  }
}
