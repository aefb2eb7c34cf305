package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.servers.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The routes that the data plane has: one that is requested, and a thousand beside. All lead to one
 * upstream, which answers whatever path it is asked for.
 *
 * @param upstream without a path, such as {@code http://127.0.0.1:9380}
 */
record Routes(String upstream) {
  /** The path that is requested. */
  static final String PATH = "/requested";

  static final String KEY = "/routes/requested";

  /** How many there are beside the requested one. */
  static final int OTHERS = 1_000;

  static String otherKey(int number) {
    return "/routes/other/" + number;
  }

  /** A value for the requested route, another one for each version. */
  String requested(long version) {
    return value(PATH, version);
  }

  /** A value for another route. */
  String other(int number, long version) {
    return value("/other/" + number, version);
  }

  /**
   * A route that leads to the upstream.
   *
   * @param version stands in the path that the upstream is asked for
   */
  String value(String uri, long version) {
    return "{\"uri\":\"%s\",\"upstream\":\"%s/v%d\"}".formatted(uri, upstream, version);
  }

  /** Writes all of them. */
  void writeTo(Database database) {
    try (Connection connection = database.connect();
        PreparedStatement set = connection.prepareStatement("select set(?, ?)")) {
      connection.setAutoCommit(false);
      set(set, KEY, requested(0));
      for (int i = 0; i < OTHERS; i++) {
        set(set, otherKey(i), other(i, 0));
      }
      connection.commit();
    } catch (SQLException e) {
      throw new BenchException("the routes cannot be written: " + e.getMessage(), e);
    }
  }

  private static void set(PreparedStatement set, String key, String value) throws SQLException {
    set.setString(1, key);
    set.setString(2, value);
    set.execute();
  }
}
