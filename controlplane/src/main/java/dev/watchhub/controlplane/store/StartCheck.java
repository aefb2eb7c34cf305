package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Refuses to start on a database that cannot be reached or lacks the schema. */
final class StartCheck {
  private static final String[] FUNCTIONS = {
    "put_if",
    "remove_if",
    "txn",
    "put_if_checked",
    "remove_if_checked",
    "txn_checked",
    "rollback_checked",
    "rollback_prefix_checked",
    "read_at",
    "read_as_of",
    "list_seen",
    "seen_compacted",
    "oldest_readable_under",
    "token_place",
    "token_snapshot_at",
    "newest_revision",
    "history",
    "notify_mode",
    "compact_step",
    "compaction_begins",
    "compaction_ended",
    "compaction_horizon",
    "applied_nodes",
    "nodes_collected_ms"
  };

  private StartCheck() {}

  /**
   * Opens sessions and waits until the database answers.
   *
   * @throws StoreException if it does not in time, refuses the login, or lacks a function or a
   *     right
   */
  static Sessions reach(StoreOptions options) {
    requireDriver(options.jdbcUrl());
    Sessions sessions = new Sessions(options);
    try {
      long start = System.nanoTime();
      while (true) {
        try {
          requireFunctions(sessions, options);
          requireRights(sessions, options);
          return sessions;
        } catch (StoreException e) {
          boolean late = System.nanoTime() - start > options.startWait().toNanos();
          boolean away =
              e.kind() == Kind.UNAVAILABLE || e.kind() == Kind.BROKEN || e.kind() == Kind.BUSY;
          if (late || !away) {
            throw e;
          }
        }
      }
    } catch (RuntimeException | Error e) {
      sessions.close();
      throw e;
    }
  }

  private static void requireDriver(String jdbcUrl) {
    try {
      DriverManager.getDriver(jdbcUrl);
    } catch (SQLException e) {
      throw new StoreException(
          Kind.FAILED,
          "the database address '%s' is not one of PostgreSQL: expected %s"
              .formatted(withoutSecrets(jdbcUrl), "jdbc:postgresql://HOST:PORT/DATABASE"),
          e);
    }
  }

  private static void requireFunctions(Sessions sessions, StoreOptions options) {
    String database = withoutSecrets(options.jdbcUrl());
    List<String> missing =
        sessions.call("the database " + database, connection -> missing(connection, options));
    if (!missing.isEmpty()) {
      throw new StoreException(
          Kind.FAILED,
          "the database %s has no configuration schema '%s': the functions %s are missing; install it"
                  .formatted(database, options.schema(), String.join(", ", missing))
              + " or name another schema",
          null);
    }
  }

  /** Names the statements that give the role what it lacks, instead of failing at each request. */
  private static void requireRights(Sessions sessions, StoreOptions options) {
    String database = withoutSecrets(options.jdbcUrl());
    List<String> grants =
        sessions.call("the database " + database, connection -> lacking(connection, options));
    if (!grants.isEmpty()) {
      throw new StoreException(
          Kind.FAILED,
          "the role of the control plane may not use the schema '%s': run %s"
              .formatted(options.schema(), String.join(" ", grants)),
          null);
    }
  }

  private static List<String> lacking(Connection connection, StoreOptions options)
      throws SQLException {
    String sql =
        """
        SELECT format('GRANT %s TO %I;', what, current_user) FROM (
          SELECT format('USAGE ON SCHEMA %I', nspname) FROM pg_namespace
          WHERE nspname = ? AND NOT has_schema_privilege(oid, 'USAGE')
          UNION ALL
          SELECT format('SELECT ON %s', oid::regclass) FROM pg_class
          WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ?)
            AND relname IN ('config', 'config_settings', 'config_compaction') AND NOT has_table_privilege(oid, 'SELECT')
          UNION ALL
          SELECT format('EXECUTE ON FUNCTION %s', oid::regprocedure) FROM pg_proc
          WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = ?)
            AND proname = ANY (?) AND NOT has_function_privilege(oid, 'EXECUTE')
        ) lacking(what)
        """;
    List<String> grants = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, options.schema());
      statement.setString(2, options.schema());
      statement.setString(3, options.schema());
      statement.setArray(4, connection.createArrayOf("text", FUNCTIONS));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          grants.add(rows.getString(1));
        }
      }
    }
    return grants;
  }

  private static List<String> missing(Connection connection, StoreOptions options)
      throws SQLException {
    String sql =
        """
        SELECT name FROM unnest(?::text[]) WITH ORDINALITY AS wanted(name, place)
        WHERE NOT EXISTS (
          SELECT FROM pg_proc WHERE proname = name
            AND pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = ?))
        ORDER BY place
        """;
    List<String> missing = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", FUNCTIONS));
      statement.setString(2, options.schema());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          missing.add(rows.getString(1));
        }
      }
    }
    return missing;
  }

  /** The address without its parameters, which may hold a password. */
  private static String withoutSecrets(String jdbcUrl) {
    int parameters = jdbcUrl.indexOf('?');
    return parameters < 0 ? jdbcUrl : jdbcUrl.substring(0, parameters);
  }
}
