package dev.watchhub.sql;

import dev.watchhub.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A schema of one test in the shared server, with the connections that the test opened. */
final class TestSchema implements AutoCloseable {
  private final String name;
  private final List<Connection> opened = new ArrayList<>();

  private TestSchema(String name) {
    this.name = name;
  }

  /** An empty schema. */
  static TestSchema empty(String name) throws SQLException {
    TestSchema schema = new TestSchema(name);
    Sql.execute(schema.connect(), "create schema " + name);
    return schema;
  }

  /** A schema with everything installed. */
  static TestSchema installed(String name) throws SQLException {
    TestSchema schema = empty(name);
    SchemaInstaller.install(schema.connect(), name);
    return schema;
  }

  /** A schema that holds what the demo left. */
  static TestSchema ofDemo(String name, String file) throws SQLException, IOException {
    TestSchema schema = empty(name);
    try (InputStream in = TestSchema.class.getResourceAsStream("/demo/" + file)) {
      Sql.execute(schema.connect(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    return schema;
  }

  String name() {
    return name;
  }

  String publication() {
    return "watchhub_" + name;
  }

  /** A new connection with this schema as its search_path, closed with the schema. */
  Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(PostgresServer.shared().jdbcUrl());
    opened.add(connection);
    Sql.execute(connection, "set search_path = " + name);
    // A test that waits for a lock fails instead of hanging.
    Sql.execute(connection, "set lock_timeout = '20s'");
    return connection;
  }

  /** A new connection that has begun a transaction. */
  Connection begin() throws SQLException {
    Connection connection = connect();
    connection.setAutoCommit(false);
    return connection;
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : opened) {
      connection.close();
    }
    opened.clear();
    Connection last = connect();
    Sql.execute(last, "drop publication if exists " + publication());
    Sql.execute(last, "drop schema if exists " + name + " cascade");
    last.close();
  }
}
