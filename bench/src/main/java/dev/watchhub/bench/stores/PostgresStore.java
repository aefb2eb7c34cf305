package dev.watchhub.bench.stores;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.load.Putter;
import dev.watchhub.bench.load.Writers;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.lifecycle.Resources;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The table in a PostgreSQL, watched in one way or other.
 *
 * @param notifyMode who announces its rows
 * @param watch its watchers
 */
record PostgresStore(
    String name, Database database, String notifyMode, boolean isWatched, Watch watch)
    implements Store {
  @Override
  public OpenStore open(int writers, Duration flushDelay) {
    database.flushDelay(flushDelay);
    database.notifyMode(notifyMode);
    return Resources.buildOrClose(
        owned -> {
          try {
            var arrivals = watch.connect(database, owned);
            List<Putter> putters = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
              putters.add(SqlPutter.connect(database));
            }
            return new OpenStore(owned.own(new Writers(putters)), arrivals, owned);
          } catch (SQLException e) {
            throw new BenchException("a watcher cannot connect: " + e.getMessage(), e);
          }
        });
  }
}
