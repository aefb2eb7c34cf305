package dev.watchhub.client;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Item;
import dev.watchhub.sql.SchemaInstaller;
import dev.watchhub.verify.source.TableTruth;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The table of one test class, in a schema of its own. */
final class TestTable implements AutoCloseable {
  private final PostgresServer server;
  private final String schema;

  private TestTable(PostgresServer server, String schema) {
    this.server = server;
    this.schema = schema;
  }

  static TestTable create(PostgresServer server, String schema) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
      SchemaInstaller.install(connection, schema);
    }
    return new TestTable(server, schema);
  }

  PostgresServer server() {
    return server;
  }

  String schema() {
    return schema;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl() + "&currentSchema=" + schema);
  }

  long set(String key, String value) throws SQLException {
    try (Connection connection = connect()) {
      return set(connection, key, value);
    }
  }

  static long set(Connection connection, String key, String value) throws SQLException {
    return number(connection, "SELECT set(?, ?)", key, value);
  }

  long del(String key) throws SQLException {
    try (Connection connection = connect()) {
      return del(connection, key);
    }
  }

  static long del(Connection connection, String key) throws SQLException {
    return number(connection, "SELECT del(?)", key);
  }

  /** Runs a query that returns a number in its first column. */
  static long number(Connection connection, String query, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  void query(String query) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(query)) {
      statement.execute();
    }
  }

  /** Whether a query returns true. */
  boolean holds(String query) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(query);
        ResultSet row = statement.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** What is live under a prefix. */
  Map<String, Item> live(String prefix) throws SQLException {
    Map<String, Item> live = new TreeMap<>();
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT * FROM (
                  SELECT DISTINCT ON (key) * FROM config WHERE starts_with(key, ?)
                  ORDER BY key, revision DESC) latest
                WHERE NOT tombstone
                """)) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          live.put(
              row.getString("key"),
              new Item(
                  row.getString("key"),
                  nullable(row, "value"),
                  row.getLong("revision"),
                  row.getLong("create_revision"),
                  row.getLong("version"),
                  row.getLong("create_time"),
                  nullable(row, "author"),
                  nullable(row, "note")));
        }
      }
    }
    return live;
  }

  private static @Nullable String nullable(ResultSet row, String column) throws SQLException {
    return row.getString(column);
  }

  /** The table as it is now under a prefix, to check against what comes after. */
  TableTruth before(String prefix) throws SQLException {
    try (Connection connection = connect()) {
      return TableTruth.before(connection, schema, prefix);
    }
  }

  @Override
  public void close() throws SQLException {
    query("DROP SCHEMA " + schema + " CASCADE");
  }
}
