package dev.watchhub.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * Whether a connection is one that can listen: a session of its own, at a primary, with a schema.
 */
final class Session {
  private static final String SHARED =
      "this connection goes through a pooler that gives each transaction another session of the"
          + " database (transaction pooling), where LISTEN does not last: expected a direct"
          + " connection, or a pool in session mode";

  /** Opens another connection to the same place. */
  @FunctionalInterface
  interface Another {
    Connection open() throws SQLException;
  }

  private Session() {}

  /**
   * The process that serves the connection.
   *
   * @throws SourceException if one cannot listen there; the message says why
   */
  static int checkedBackend(Connection connection, Another another, String schema)
      throws SQLException {
    int backend;
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_backend_pid(), pg_is_in_recovery(),
              to_regprocedure(format('%I.changes_since(text[], text)', $1)) IS NULL,
              to_regclass(format('%I.config', $1)) IS NULL
            """
                .replace("$1", "?::text"))) {
      statement.setString(1, schema);
      statement.setString(2, schema);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        backend = row.getInt(1);
        if (row.getBoolean(2)) {
          throw new SourceException(
              "this server is a standby, where nobody can listen, and which does not know what"
                  + " runs at the primary: expected the URL of the primary");
        }
        if (row.getBoolean(3)) {
          throw new SourceException(
              "the schema %s has no %s; run ./watchhub install for it, or name another schema"
                  .formatted(
                      schema,
                      row.getBoolean(4)
                          ? "table config"
                          : "function changes_since(text[], text): it is older"));
        }
      }
    }
    if (connection.unwrap(PGConnection.class).getBackendPID() != backend) {
      requireOwn(connection, another, backend); // somebody stands between
    }
    return backend;
  }

  /**
   * A pooler hands the session of a client that is between two transactions to whoever comes next,
   * unless it belongs to the client.
   */
  private static void requireOwn(Connection connection, Another another, int backend)
      throws SQLException {
    try (Connection other = another.open()) {
      other.setAutoCommit(false);
      int others = backend(other);
      int own = backend(connection);
      other.rollback();
      requireSame(backend, own);
      if (others == backend) {
        throw new SourceException(SHARED);
      }
    }
  }

  private static int backend(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_backend_pid()");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  /**
   * Checks that a session is the one that listens.
   *
   * @throws SourceException if it is another
   */
  static void requireSame(int backend, int now) {
    if (now != backend) {
      throw new SourceException(SHARED);
    }
  }
}
