package dev.watchhub.hub.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes sure that the database is one that a hub can read. */
final class Setup {
  private static final int OLDEST_VERSION = 15;
  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  /** A text that changes whenever the publication does; takes its name. */
  static final String PUBLICATION_MARK =
      """
      coalesce((
        SELECT concat_ws(' ', p.oid, p.xmin,
          (SELECT string_agg(concat_ws(' ', r.oid, r.xmin), ' ' ORDER BY r.oid)
           FROM pg_publication_rel r WHERE r.prpubid = p.oid))
        FROM pg_publication p WHERE p.pubname = ?), '')
      """;

  private Setup() {}

  /**
   * Checks the server, the role and the table, and puts the publication right.
   *
   * @return whether the publication was not right: what was written meanwhile may be missing from a
   *     slot, and the server does not say so
   * @throws SetupException if something is missing that the hub cannot mend itself
   */
  static boolean check(Connection session, Source source) throws SQLException {
    checkServer(session);
    checkRole(session);
    checkTable(session, source);
    return ensurePublication(session, source);
  }

  private static void checkServer(Connection session) throws SQLException {
    int version = session.getMetaData().getDatabaseMajorVersion();
    if (version < OLDEST_VERSION) {
      throw new SetupException(
          "the server is PostgreSQL " + version + "; a hub needs " + OLDEST_VERSION + " or newer");
    }
    if (scalar(session, "SELECT pg_is_in_recovery()").equals("t")) {
      throw new SetupException("the server is a standby; a hub reads the primary");
    }
    String walLevel = scalar(session, "SELECT current_setting('wal_level')");
    if (!walLevel.equals("logical")) {
      throw new SetupException(
          "wal_level is '"
              + walLevel
              + "' and a hub needs 'logical': run ALTER SYSTEM SET wal_level = 'logical'; and"
              + " restart the server");
    }
  }

  private static void checkRole(Connection session) throws SQLException {
    String refused =
        scalar(
            session,
            """
            SELECT coalesce(max(quote_ident(rolname)), '') FROM pg_roles
            WHERE rolname = current_user AND NOT rolreplication AND NOT rolsuper
            """);
    if (!refused.isEmpty()) {
      throw new SetupException(
          "the role "
              + refused
              + " lacks REPLICATION: run ALTER ROLE "
              + refused
              + " REPLICATION;");
    }
  }

  private static void checkTable(Connection session, Source source) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT current_user,
              (SELECT count(*) FROM pg_attribute WHERE attrelid = config AND attname = 'prev_revision'),
              has_table_privilege(config, 'SELECT')
            FROM to_regclass(quote_ident(?) || '.config') config
            """)) {
      statement.setString(1, source.schema());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        if (row.getInt(2) == 0) {
          throw new SetupException(
              "the schema '%s' has no table 'config' of this version: run ./watchhub install, or the files in sql/schema with psql -f"
                  .formatted(source.schema()));
        }
        if (!row.getBoolean(3)) {
          throw new SetupException(
              "the role %s may not read the table: run GRANT SELECT ON %s.config TO %s;"
                  .formatted(row.getString(1), source.schema(), row.getString(1)));
        }
      }
    }
  }

  /**
   * Creates the publication, or alters it to be just the inserts of the table, all columns; says
   * whether it had to.
   */
  private static boolean ensurePublication(Connection session, Source source) throws SQLException {
    String table = source.schema() + ".config";
    try (Statement statement = session.createStatement()) {
      switch (publicationState(session, source)) {
        case "right" -> {
          return false;
        }
        case "missing" ->
            statement.execute(
                "CREATE PUBLICATION %s FOR TABLE %s WITH (publish = 'insert')"
                    .formatted(source.publication(), table));
        case "all tables" ->
            throw new SetupException(
                "the publication '%s' is FOR ALL TABLES: give the hub one of its own, or run DROP PUBLICATION %s;"
                    .formatted(source.publication(), source.publication()));
        default -> {
          statement.execute(
              "ALTER PUBLICATION %s SET TABLE %s".formatted(source.publication(), table));
          statement.execute(
              "ALTER PUBLICATION %s SET (publish = 'insert')".formatted(source.publication()));
        }
      }
      return true;
    } catch (SQLException e) {
      if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw new SetupException(
            "the publication '%s' cannot be put right (%s): run CREATE PUBLICATION %s FOR TABLE %s WITH (publish = 'insert'); as the owner of the table"
                .formatted(source.publication(), e.getMessage(), source.publication(), table),
            e);
      }
      throw e;
    }
  }

  /** How many bytes of write-ahead log the server keeps for a slot; the largest number for any. */
  static long walLimit(Connection session) throws SQLException {
    String megabytes =
        scalar(session, "SELECT setting FROM pg_settings WHERE name = 'max_slot_wal_keep_size'");
    long limit = Long.parseLong(megabytes);
    return limit < 0 ? Long.MAX_VALUE : limit << 20;
  }

  /** The publication's mark now; empty when there is no publication. */
  static String publicationMark(Connection session, Source source) throws SQLException {
    try (PreparedStatement statement = session.prepareStatement("SELECT " + PUBLICATION_MARK)) {
      statement.setString(1, source.publication());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static String publicationState(Connection session, Source source) throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT CASE
              WHEN p.puballtables THEN 'all tables'
              WHEN p.pubinsert AND NOT p.pubupdate AND NOT p.pubdelete AND NOT p.pubtruncate
                AND (SELECT count(*) = 1 AND bool_and(r.prrelid = to_regclass(quote_ident(?) || '.config')
                       AND r.prattrs IS NULL AND r.prqual IS NULL)
                     FROM pg_publication_rel r WHERE r.prpubid = p.oid)
                AND NOT EXISTS (SELECT FROM pg_publication_namespace n WHERE n.pnpubid = p.oid)
              THEN 'right' ELSE 'wrong' END
            FROM pg_publication p WHERE p.pubname = ?
            """)) {
      statement.setString(1, source.schema());
      statement.setString(2, source.publication());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : "missing";
      }
    }
  }

  private static String scalar(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
