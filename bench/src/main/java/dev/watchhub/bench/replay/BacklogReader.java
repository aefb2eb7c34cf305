package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.servers.Database;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** The least that can read a backlog from a slot: it counts the rows. Stateless. */
final class BacklogReader {
  private static final byte INSERT = 'I';

  private BacklogReader() {}

  /**
   * Reads {@code count} rows and returns the nanoseconds from asking for the stream to the last.
   *
   * @param slot stays as it is: nothing is confirmed
   */
  static long read(Database database, String slot, int count) {
    Properties properties = new Properties();
    PGProperty.REPLICATION.set(properties, "database");
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "15");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
    try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), properties)) {
      long start = System.nanoTime();
      try (PGReplicationStream stream =
          connection
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(slot)
              .withSlotOption("proto_version", "1")
              .withSlotOption("publication_names", "watchhub")
              .withAutomaticFlush(false)
              .withStatusInterval(1, TimeUnit.SECONDS)
              .start()) {
        for (int left = count; left > 0; ) {
          ByteBuffer message = stream.read();
          if (message.get(message.position()) == INSERT) {
            left--;
          }
        }
        return System.nanoTime() - start;
      }
    } catch (SQLException e) {
      throw new BenchException("the backlog cannot be read: " + e.getMessage(), e);
    }
  }
}
