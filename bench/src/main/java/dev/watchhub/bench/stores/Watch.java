package dev.watchhub.bench.stores;

import dev.watchhub.bench.load.Arrivals;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.lifecycle.Resources;
import java.sql.SQLException;
import java.util.List;

/** Connects the watchers of one kind. */
@FunctionalInterface
interface Watch {
  /**
   * Connects them.
   *
   * @param owned takes what has to be closed
   * @return what they see, one for each that sees everything
   */
  List<Arrivals> connect(Database database, Resources owned) throws SQLException;
}
