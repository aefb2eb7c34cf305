package dev.watchhub.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Brings a schema up to date by running the files that it has not had.
 *
 * <p>One transaction, and one installer of a schema at a time. On a dump that was restored into
 * another cluster all files run again, since its transaction ids mean nothing there.
 */
public final class SchemaInstaller {
  // "watchhub_" and the schema's name have to fit into the 63 bytes of an identifier.
  private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,53}");

  private SchemaInstaller() {}

  /**
   * Installs or upgrades, creating the schema if it is missing.
   *
   * @param connection not in a transaction; keeps its autocommit mode and search_path
   * @param schema up to 54 lower-case letters, digits and underscores, not starting with a digit
   * @throws SchemaException when the name is not such a one, or naming the file and the server's
   *     message; nothing is changed then
   */
  public static Installed install(Connection connection, String schema) {
    if (!SCHEMA.matcher(schema).matches() || schema.startsWith("pg_")) {
      throw new SchemaException(
          "'%s' cannot name the schema: use up to 54 lower-case letters, digits and underscores, not starting with a digit or pg_"
              .formatted(schema));
    }
    try {
      boolean autoCommit = connection.getAutoCommit();
      String searchPath = text(connection, "select current_setting('search_path')");
      connection.setAutoCommit(false);
      try {
        Installed installed = inTransaction(connection, schema);
        setSearchPath(connection, searchPath);
        connection.commit();
        return installed;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(autoCommit);
      }
    } catch (SQLException e) {
      throw new SchemaException("cannot install schema " + schema + ": " + oneLine(e), e);
    }
  }

  private static Installed inTransaction(Connection connection, String schema) throws SQLException {
    execute(
        connection, "select pg_advisory_xact_lock(hashtextextended('watchhub/" + schema + "', 0))");
    // Looked up first: IF NOT EXISTS asks for the right to create even when there is nothing to do.
    if (text(connection, "select to_regnamespace('\"" + schema + "\"')::text").isEmpty()) {
      execute(connection, "create schema \"" + schema + "\"");
    }
    setSearchPath(connection, "\"" + schema + "\", pg_temp");
    boolean created = text(connection, "select to_regclass('config')::text").isEmpty();
    Map<String, String> applied = applied(connection);
    List<String> ran = new ArrayList<>();
    for (SchemaFile file : SchemaFile.all()) {
      if (!file.checksum().equals(applied.get(file.name()))) {
        run(connection, file);
        ran.add(file.name());
      }
    }
    record(connection, ran);
    return new Installed(created, ran);
  }

  /** Checksums by file name; none when there is nothing yet or the cluster is another. */
  private static Map<String, String> applied(Connection connection) throws SQLException {
    Map<String, String> applied = new HashMap<>();
    if (text(connection, "select to_regclass('config_schema')::text").isEmpty()
        || text(connection, "select to_regclass('config_settings')::text").isEmpty()) {
      return applied;
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                select file, checksum from config_schema
                where exists (
                  select from config_settings, pg_control_system()
                  where cluster = system_identifier::text)
                """)) {
      while (rows.next()) {
        applied.put(rows.getString(1), rows.getString(2));
      }
    }
    return applied;
  }

  private static void run(Connection connection, SchemaFile file) throws SQLException {
    try {
      execute(connection, file.text());
    } catch (SQLException e) {
      throw new SchemaException(file.name() + ": " + oneLine(e), e);
    }
  }

  private static void record(Connection connection, List<String> names) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into config_schema (file, checksum) values (?, ?)
            on conflict (file) do update set checksum = excluded.checksum, applied_at = now()
            """)) {
      for (SchemaFile file : SchemaFile.all()) {
        if (names.contains(file.name())) {
          statement.setString(1, file.name());
          statement.setString(2, file.checksum());
          statement.executeUpdate();
        }
      }
    }
  }

  private static void setSearchPath(Connection connection, String path) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select set_config('search_path', ?, false)")) {
      statement.setString(1, path);
      statement.execute();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The one value that the query returns, empty for NULL. */
  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      @Nullable String value = row.getString(1);
      return value == null ? "" : value;
    }
  }

  private static String oneLine(SQLException e) {
    if (e instanceof PSQLException p) {
      @Nullable ServerErrorMessage server = p.getServerErrorMessage();
      if (server != null && server.getMessage() != null) {
        return server.getMessage() + " (SQLSTATE " + server.getSQLState() + ")";
      }
    }
    return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
  }
}
