package dev.watchhub.client;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that write at random under one prefix, through any fault, until they are stopped. */
final class Writers implements AutoCloseable {
  private static final int KEYS = 12;
  private static final Duration LIMIT = Duration.ofSeconds(25);

  private final TestTable table;
  private final String prefix;
  private final boolean rollBack;
  private final AtomicInteger commits = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  private Writers(TestTable table, String prefix, boolean rollBack) {
    this.table = table;
    this.prefix = prefix;
    this.rollBack = rollBack;
  }

  /**
   * Starts writing.
   *
   * @param rollBack whether some transactions are rolled back
   */
  static Writers start(TestTable table, String prefix, int count, boolean rollBack) {
    Writers writers = new Writers(table, prefix, rollBack);
    for (int i = 0; i < count; i++) {
      Random random = new Random(9080 + i);
      Thread thread = new Thread(() -> writers.run(random), "writer-" + i);
      writers.threads.add(thread);
      thread.start();
    }
    return writers;
  }

  private void run(Random random) {
    while (!stopping) {
      try (Connection connection = table.connect()) {
        connection.setAutoCommit(false);
        while (!stopping) {
          transaction(connection, random);
        }
      } catch (SQLException e) {
        Thread.onSpinWait(); // cut, or the server is away: connect again
      }
    }
  }

  private void transaction(Connection connection, Random random) throws SQLException {
    TreeSet<Integer> keys = new TreeSet<>(); // in one order for all, so that none waits in a circle
    for (int i = random.nextInt(3); i >= 0; i--) {
      keys.add(random.nextInt(KEYS));
    }
    for (int key : keys) {
      if (random.nextInt(4) == 0) {
        TestTable.del(connection, prefix + "k" + key);
      } else {
        TestTable.set(connection, prefix + "k" + key, "v" + random.nextInt());
      }
    }
    if (rollBack && random.nextInt(5) == 0) {
      connection.rollback();
    } else {
      connection.commit();
      commits.incrementAndGet();
    }
  }

  /** Waits until so many more transactions have been committed. */
  void awaitCommits(int count) {
    int until = commits.get() + count;
    await(count + " more commits").atMost(LIMIT).until(() -> commits.get() >= until);
  }

  @Override
  public void close() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        thread.join(LIMIT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (thread.isAlive()) {
        throw new IllegalStateException(thread.getName() + " does not end");
      }
    }
  }
}
