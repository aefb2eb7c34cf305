package dev.watchhub.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements in one line, for tests. */
final class Sql {
  private Sql() {}

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The rows, each as its columns joined by {@code |}, NULL as {@code null}. */
  static List<String> rows(Connection connection, String sql, @Nullable Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setObject(i + 1, arguments[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        List<String> rows = new ArrayList<>();
        while (result.next()) {
          List<String> columns = new ArrayList<>();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            columns.add(String.valueOf(result.getString(i)));
          }
          rows.add(String.join("|", columns));
        }
        return rows;
      }
    }
  }

  /** The first column of the only row. */
  static String text(Connection connection, String sql, @Nullable Object... arguments)
      throws SQLException {
    List<String> rows = rows(connection, sql, arguments);
    if (rows.size() != 1) {
      throw new AssertionError("expected one row, got " + rows);
    }
    return rows.get(0);
  }

  static long number(Connection connection, String sql, @Nullable Object... arguments)
      throws SQLException {
    return Long.parseLong(text(connection, sql, arguments));
  }

  /** Writes by the demo's function; returns the revision. */
  static long set(Connection connection, String key, String value) throws SQLException {
    return number(connection, "select set(?, ?)", key, value);
  }

  /** Deletes by the demo's function; returns the revision. */
  static long del(Connection connection, String key) throws SQLException {
    return number(connection, "select del(?)", key);
  }
}
