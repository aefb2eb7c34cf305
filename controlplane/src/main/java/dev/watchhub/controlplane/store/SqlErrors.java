package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Translates an error of the driver by its SQLSTATE.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL, Error
 *     Codes</a>
 */
final class SqlErrors {
  /** The server ends sessions or takes none: it stops, crashes, starts, or has no room. */
  private static final Set<String> AWAY =
      Set.of("57P01", "57P02", "57P03", "57P05", "53300", "25006");

  /**
   * Locks and time limits: lock timeout, statement timeout, deadlock, serialization, no room for
   * more locks.
   */
  private static final Set<String> IN_THE_WAY = Set.of("55P03", "57014", "40P01", "40001", "53200");

  /** The schema's own limits. */
  private static final String TOO_MUCH = "54000";

  private SqlErrors() {}

  /**
   * What became of a statement.
   *
   * @param doing what was being done and to what, such as "writing /routes/foo"
   */
  static RuntimeException ofStatement(String doing, SQLException e) {
    return BrokenReferencesException.of(doing, e)
        .<RuntimeException>map(broken -> broken)
        .orElseGet(() -> new StoreException(kind(e.getSQLState()), doing + ": " + oneLine(e), e));
  }

  /** Why there was no connection. */
  static StoreException ofConnect(String doing, SQLException e) {
    Kind kind = waitingHelps(e.getSQLState()) ? Kind.UNAVAILABLE : Kind.FAILED;
    return new StoreException(kind, doing + ": " + oneLine(e), e);
  }

  /** The detail of an error that the schema's own functions raise. */
  static String detail(SQLException e) {
    @Nullable ServerErrorMessage server =
        e instanceof PSQLException ours ? ours.getServerErrorMessage() : null;
    @Nullable String detail = server == null ? null : server.getDetail();
    if (detail == null) {
      throw new StoreException(Kind.FAILED, "an error of the schema without its detail", e);
    }
    return detail;
  }

  private static Kind kind(@Nullable String state) {
    if (state == null) {
      return Kind.FAILED;
    }
    if (state.equals("25006")) { // a standby, or a primary that was demoted
      return Kind.UNAVAILABLE;
    }
    if (state.startsWith("08") || AWAY.contains(state)) {
      return Kind.BROKEN;
    }
    if (IN_THE_WAY.contains(state)) {
      return Kind.BUSY;
    }
    return state.startsWith("22") || state.startsWith("23") || state.equals(TOO_MUCH)
        ? Kind.REJECTED
        : Kind.FAILED;
  }

  /** A wrong password (class 28) or database (3D000) stays wrong; no state at all is a timeout. */
  private static boolean waitingHelps(@Nullable String state) {
    return state == null || state.startsWith("08") || AWAY.contains(state);
  }

  /** The deepest message, since the pool wraps the driver's, without its details. */
  private static String oneLine(SQLException e) {
    Throwable deepest = e;
    while (deepest.getCause() instanceof SQLException cause && cause != deepest) {
      deepest = cause;
    }
    return String.valueOf(deepest.getMessage()).lines().findFirst().orElse("").strip();
  }
}
