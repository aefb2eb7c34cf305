package dev.watchhub.client;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database, which is told by its function {@code node_applied}. */
final class DatabaseLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseLedger.class);
  private static final int LIMIT_SECONDS = 2;

  private final String jdbcUrl;
  private final String call;
  private final List<String> prefixes;
  private @Nullable Connection connection;

  DatabaseLedger(String jdbcUrl, String schema, List<String> prefixes) {
    this.jdbcUrl = jdbcUrl;
    this.prefixes = List.copyOf(prefixes);
    call =
        "SELECT \"%s\".node_applied(?, ?, ?, ?, ?, ?::jsonb, ?, ?)"
            .formatted(schema.replace("\"", "\"\""));
  }

  @Override
  public void tell(AppliedReport report, boolean leaving) {
    try {
      tell(connected(), report, leaving);
    } catch (SQLException e) {
      close(); // whatever it was, the next one begins anew
      throw new SourceException(String.valueOf(e.getMessage()), e);
    }
  }

  private void tell(Connection connected, AppliedReport report, boolean leaving)
      throws SQLException {
    try (PreparedStatement statement = connected.prepareStatement(call)) {
      statement.setString(1, report.node());
      statement.setString(2, report.version());
      statement.setObject(3, report.startedAt().atOffset(ZoneOffset.UTC));
      statement.setArray(4, connected.createArrayOf("text", prefixes.toArray()));
      statement.setString(5, report.reached() == null ? null : report.reached().token());
      statement.setString(6, HubLedger.refused(report).toString());
      statement.setLong(7, report.refusedCount());
      statement.setBoolean(8, leaving);
      statement.execute();
    }
  }

  private Connection connected() throws SQLException {
    Connection current = connection;
    if (current == null) {
      String url =
          jdbcUrl
              + (jdbcUrl.contains("?") ? '&' : '?')
              + "ApplicationName=watchhub-ledger&tcpKeepAlive=true&connectTimeout="
              + LIMIT_SECONDS
              + "&loginTimeout=" // all of connecting; the others are for each step of it
              + LIMIT_SECONDS
              + "&socketTimeout="
              + LIMIT_SECONDS;
      current = DriverManager.getConnection(url);
      connection = current;
    }
    return current;
  }

  @Override
  public void close() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException e) {
        LOG.debug("the connection to the ledger did not close in order", e);
      }
    }
  }
}
