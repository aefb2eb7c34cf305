package dev.watchhub.verify.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database under load. Threading: any. */
final class Database {
  /** Creating a slot waits for every open transaction of the cluster. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private final String jdbcUrl;
  private final String schema;
  private final String application;

  /**
   * @param application what the server is told that its clients are
   */
  Database(VerifyOptions options, String application) {
    this.jdbcUrl = options.jdbcUrl();
    this.schema = options.schema();
    this.application = application;
  }

  /** A connection whose unqualified names are those of the schema. */
  Connection connect() throws SQLException {
    String separator = jdbcUrl.contains("?") ? "&" : "?";
    return DriverManager.getConnection(
        jdbcUrl
            + separator
            + "currentSchema="
            + schema
            + "&ApplicationName="
            + application
            + "&tcpKeepAlive=true&connectTimeout=4&loginTimeout=4&socketTimeout="
            + ANSWER_LIMIT.toSeconds());
  }

  /**
   * Says what is missing for a verification.
   *
   * @throws VerifyException with what is missing
   */
  void check(Connection connection) throws SQLException {
    if (scalar(connection, "SELECT pg_is_in_recovery()").equals("t")) {
      throw new VerifyException("the server is a standby; --jdbc-url has to name the primary");
    }
    String level = scalar(connection, "SELECT current_setting('wal_level')");
    if (!level.equals("logical")) {
      throw new VerifyException("wal_level is '" + level + "'; expected 'logical'");
    }
    String lacking =
        scalar(
            connection,
            """
            SELECT coalesce(max(quote_ident(rolname)), '') FROM pg_roles
            WHERE rolname = current_user AND NOT rolreplication AND NOT rolsuper
            """);
    if (!lacking.isEmpty()) {
      throw new VerifyException(
          "the role %1$s lacks REPLICATION: run ALTER ROLE %1$s REPLICATION;".formatted(lacking));
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT current_user, t IS NOT NULL AND EXISTS (
                SELECT FROM pg_attribute WHERE attrelid = t AND attname = 'prev_revision'),
              coalesce(pg_has_role((SELECT relowner FROM pg_class WHERE oid = t), 'USAGE'), false)
            FROM to_regclass(quote_ident(?) || '.config') t
            """)) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (!row.getBoolean(2)) {
          throw new VerifyException(
              "the schema '"
                  + schema
                  + "' has no table 'config' of this version: run ./watchhub install");
        }
        if (!row.getBoolean(3)) {
          throw new VerifyException(
              "the role "
                  + row.getString(1)
                  + " does not own the table "
                  + schema
                  + ".config, which a publication of it needs");
        }
      }
    }
  }

  /** Closes a connection that may be broken already. */
  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing a connection", e);
    }
  }

  /** Cuts a connection without waiting for the server. Any thread. */
  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("aborting a connection", e);
    }
  }

  /**
   * Whether a transaction of this load is still under way, such as one whose client was cut off.
   */
  boolean isWriting(Connection connection) throws SQLException {
    return !scalar(
            connection,
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = '%s' AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
            """
                .formatted(application))
        .equals("0");
  }

  static String scalar(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
