package dev.watchhub.verify.load;

import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Worker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One writer: transactions of some rows, of keys that all contend for and of its own, with
 * deletions, savepoints and rollbacks.
 */
final class Writer implements Worker.Step {
  private static final int CONTENDED_KEYS = 10;
  private static final int OWN_KEYS = 5;
  private static final String DEADLOCK = "40P01";

  private final Database database;
  private final String prefix;
  private final int number;
  private final Random random;
  private final LoadCounts counts;
  private final boolean throughOutages;

  private volatile boolean finishing;
  private volatile boolean finished;
  private volatile @Nullable Connection connection; // written by the writer's thread
  private Backoff backoff = Backoff.between(Duration.ofMillis(20), Duration.ofMillis(500));

  Writer(
      Database database,
      String prefix,
      int number,
      Random random,
      LoadCounts counts,
      boolean throughOutages) {
    this.database = database;
    this.prefix = prefix;
    this.number = number;
    this.random = random;
    this.counts = counts;
    this.throughOutages = throughOutages;
  }

  @Override
  public int poll() throws SQLException {
    if (finishing) {
      stop();
      return 0;
    }
    try {
      Connection open = connection;
      if (open == null) {
        open = database.connect();
        open.setAutoCommit(false);
        connection = open;
      }
      transaction(open);
      backoff = backoff.reset();
      return 1;
    } catch (SQLException e) {
      Connection open = connection;
      if (DEADLOCK.equals(e.getSQLState()) && open != null) {
        counts.deadlock();
        open.rollback();
        return 1;
      }
      if (!throughOutages && !finishing) {
        throw e;
      }
      counts.outage();
      stop();
      backoff = backoff.next();
      return 0;
    }
  }

  @Override
  public Duration pause() {
    return backoff.delay();
  }

  private void transaction(Connection open) throws SQLException {
    List<String> keys = new ArrayList<>();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      keys.add(
          random.nextInt(3) == 0
              ? prefix + "w" + number + "/" + random.nextInt(OWN_KEYS)
              : prefix + "k" + random.nextInt(CONTENDED_KEYS));
    }
    if (random.nextInt(500) != 0) {
      Collections.sort(keys); // a deadlock costs a second, so that one now and then is enough
    }
    @Nullable Savepoint savepoint = null;
    for (String key : keys) {
      if (savepoint == null && random.nextInt(8) == 0) {
        savepoint = open.setSavepoint();
      }
      change(open, key);
    }
    if (savepoint != null && random.nextBoolean()) {
      open.rollback(savepoint);
    }
    if (random.nextInt(10) == 0) {
      open.rollback();
      counts.rollback();
    } else {
      open.commit();
      counts.commit();
    }
  }

  private void change(Connection open, String key) throws SQLException {
    int kind = random.nextInt(10);
    String sql =
        kind < 3 ? "SELECT del(?)" : kind < 8 ? "SELECT set(?, ?)" : "SELECT put(?, ?, ?, ?)";
    try (PreparedStatement statement = open.prepareStatement(sql)) {
      statement.setString(1, key);
      if (kind >= 3) {
        statement.setString(2, value());
      }
      if (kind >= 8) {
        statement.setString(3, "writer " + number);
        statement.setString(4, "verify");
      }
      statement.execute();
    }
  }

  private String value() {
    String some = "{\"n\":" + random.nextInt() + ",\"of\":\"Grüße 😀\\n\"}";
    return random.nextInt(100) == 0 ? some.repeat(1 + random.nextInt(200)) : some;
  }

  /** Makes the transaction under way the last one. Any thread. */
  void finish() {
    finishing = true;
  }

  /** Whether the last transaction is over, after {@link #finish}. Any thread. */
  boolean isFinished() {
    return finished;
  }

  /** Ends a last transaction that does not come to an end. */
  @Override
  public void unblock() {
    Connection open = connection;
    if (open != null && !finished) {
      Database.abort(open);
    }
  }

  @Override
  public void stop() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      Database.close(open);
    }
    finished = finishing;
  }
}
