package dev.watchhub.bench.stores;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.load.Putter;
import dev.watchhub.bench.servers.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Puts by the product's function, each in a transaction of its own. */
public final class SqlPutter implements Putter {
  private final Connection connection;
  private final PreparedStatement statement;

  private SqlPutter(Connection connection, PreparedStatement statement) {
    this.connection = connection;
    this.statement = statement;
  }

  /** With a connection of its own. */
  public static SqlPutter connect(Database database) {
    try {
      Connection connection = database.connect("prepareThreshold=1");
      return new SqlPutter(connection, connection.prepareStatement("select set(?, ?)"));
    } catch (SQLException e) {
      throw new BenchException("a writer cannot connect: " + e.getMessage(), e);
    }
  }

  @Override
  public void put(String key, String value) throws SQLException {
    statement.setString(1, key);
    statement.setString(2, value);
    try (ResultSet row = statement.executeQuery()) {
      row.next();
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new BenchException("a writer cannot be closed: " + e.getMessage(), e);
    }
  }
}
