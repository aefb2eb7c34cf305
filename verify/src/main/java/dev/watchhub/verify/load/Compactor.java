package dev.watchhub.verify.load;

import dev.watchhub.lifecycle.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;

/** Removes the history of the load's keys now and then. */
final class Compactor implements Worker.Step {
  private final Database database;
  private final String prefix;
  private final Random random;
  private final LoadCounts counts;
  private final boolean throughOutages;

  Compactor(
      Database database, String prefix, Random random, LoadCounts counts, boolean throughOutages) {
    this.database = database;
    this.prefix = prefix;
    this.random = random;
    this.counts = counts;
    this.throughOutages = throughOutages;
  }

  @Override
  public int poll() throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement statement = connection.prepareStatement("SELECT compact_to_latest(?)")) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        counts.compacted(row.getLong(1));
      }
    } catch (SQLException e) {
      boolean deadlock = "40P01".equals(e.getSQLState());
      if (!throughOutages && !deadlock) {
        throw e;
      }
      counts.outage();
    }
    return 0;
  }

  @Override
  public Duration pause() {
    return Duration.ofMillis(100 + random.nextInt(400));
  }
}
