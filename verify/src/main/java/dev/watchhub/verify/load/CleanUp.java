package dev.watchhub.verify.load;

import dev.watchhub.verify.source.SlotTruth;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what a verification leaves in the database.
 *
 * @param prefix all keys below it are deleted, and their past is removed
 * @param name of the slot and the publication
 */
record CleanUp(Database database, String prefix, String name) {
  private static final Logger LOG = LoggerFactory.getLogger(CleanUp.class);
  private static final Duration TRY_EVERY = Duration.ofMillis(10);

  /**
   * Does it, and says so in the log if it cannot be done.
   *
   * @param limit how long it is tried, when the database may be away for a while
   */
  void run(Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    while (true) {
      try (Connection connection = database.connect()) {
        removeKeys(connection);
        SlotTruth.drop(connection, name);
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > until) {
          LOG.warn(
              "keys under {} and the publication {} are left: {}",
              prefix,
              name,
              Verification.firstLine(e));
          return;
        }
        LockSupport.parkNanos(TRY_EVERY.toNanos());
      }
    }
  }

  private void removeKeys(Connection connection) throws SQLException {
    List<String> live = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement("SELECT k FROM get_all(?)")) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          live.add(row.getString(1));
        }
      }
    }
    try (PreparedStatement statement = connection.prepareStatement("SELECT del(?)")) {
      for (String key : live) {
        statement.setString(1, key);
        statement.execute();
      }
    }
    try (PreparedStatement statement = connection.prepareStatement("SELECT compact_to_latest(?)")) {
      statement.setString(1, prefix);
      statement.execute();
    }
  }
}
