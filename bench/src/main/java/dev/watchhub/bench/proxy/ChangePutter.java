package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.load.Putter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the next of many changes, by {@code set}, in a transaction of its own. It takes no notice
 * of the keys and values that it is given.
 */
final class ChangePutter implements Putter {
  private static final int REQUESTED_EVERY = 10;

  private final Connection connection;
  private final PreparedStatement set;
  private final Routes routes;
  private final Changed changed;
  private final AtomicLong numbers;

  private ChangePutter(
      Connection connection,
      PreparedStatement set,
      Routes routes,
      Changed changed,
      AtomicLong numbers) {
    this.connection = connection;
    this.set = set;
    this.routes = routes;
    this.changed = changed;
    this.numbers = numbers;
  }

  /**
   * Prepares to write.
   *
   * @param connection closed with this
   * @param changed not {@link Changed#NOTHING}
   * @param numbers of the changes, shared by those who write at the same time
   */
  static ChangePutter over(
      Connection connection, Routes routes, Changed changed, AtomicLong numbers) {
    try {
      return new ChangePutter(
          connection, connection.prepareStatement("select set(?, ?)"), routes, changed, numbers);
    } catch (SQLException e) {
      throw new BenchException("a writer cannot begin: " + e.getMessage(), e);
    }
  }

  @Override
  public void put(String ignoredKey, String ignoredValue) throws SQLException {
    long number = numbers.incrementAndGet();
    int other = (int) (number % Routes.OTHERS);
    if (changed == Changed.OTHER_KEYS) {
      set.setString(1, "/elsewhere/" + other);
      set.setString(2, routes.other(other, number));
    } else if (number % REQUESTED_EVERY == 0) {
      set.setString(1, Routes.KEY);
      set.setString(2, routes.requested(number));
    } else {
      set.setString(1, Routes.otherKey(other));
      set.setString(2, routes.other(other, number));
    }
    set.execute();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new BenchException("a writer cannot be closed: " + e.getMessage(), e);
    }
  }
}
