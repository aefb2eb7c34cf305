package dev.watchhub.verify.load;

import dev.watchhub.lifecycle.Worker;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.source.SlotTruth;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Reads the truth while it comes about, so that the server need not keep it for long. */
final class TruthReader implements Worker.Step {
  private static final Set<String> SLOT_IS_LOST = Set.of("42704", "55000");
  private static final Duration RETRY = Duration.ofMillis(200);

  private final Database database;
  private final SlotTruth truth;
  private final boolean throughOutages;
  private @Nullable Connection connection;
  private Duration pause = Duration.ofSeconds(1);
  private volatile boolean lost;

  /**
   * @param connection the one that a temporary slot belongs to; is this reader's from now on
   */
  TruthReader(Database database, SlotTruth truth, Connection connection, boolean throughOutages) {
    this.database = database;
    this.truth = truth;
    this.connection = connection;
    this.throughOutages = throughOutages;
  }

  @Override
  public int poll() throws SQLException {
    if (lost) {
      return 0;
    }
    long start = System.nanoTime();
    try {
      truth.read(connected());
    } catch (SQLException e) {
      lost = SLOT_IS_LOST.contains(e.getSQLState());
      if (!throughOutages) {
        throw e;
      }
      disconnect();
    }
    // Each look decodes the log of some seconds anew: most of the time belongs to the load.
    pause = Duration.ofNanos(5 * (System.nanoTime() - start)).plusSeconds(1);
    return 0;
  }

  @Override
  public Duration pause() {
    return pause;
  }

  private Connection connected() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = database.connect();
      connection = open;
    }
    return open;
  }

  /**
   * Everything until now; empty when the slot is gone. Called when nobody writes any more and the
   * worker has ended.
   */
  Optional<Truth> finish(Duration limit) throws SQLException {
    long until = System.nanoTime() + limit.toNanos();
    while (!lost) {
      try {
        return Optional.of(truth.finish(connected()));
      } catch (SQLException e) {
        lost = SLOT_IS_LOST.contains(e.getSQLState());
        disconnect();
        if (!throughOutages || (!lost && System.nanoTime() > until)) {
          throw e;
        }
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
    return Optional.empty();
  }

  /** Ends its connection, with which a temporary slot goes. */
  void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      Database.close(open);
    }
  }
}
