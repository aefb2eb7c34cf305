package dev.watchhub.e2e;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that write at random under one prefix, through any outage, until they are stopped. */
final class RoundWriters implements AutoCloseable {
  private static final Duration CHECKED_EVERY = Duration.ofMillis(10);
  private static final Duration AGAIN_AFTER = Duration.ofMillis(50);

  private final String jdbcUrl;
  private final String prefix;
  private final int keys;
  private final AtomicLong commits = new AtomicLong();
  private final List<Worker> workers = new ArrayList<>();
  private volatile boolean pausing;

  private RoundWriters(String jdbcUrl, String prefix, int keys) {
    this.jdbcUrl = jdbcUrl;
    this.prefix = prefix;
    this.keys = keys;
  }

  /**
   * Starts writing.
   *
   * @param keys how many keys they contend for
   */
  static RoundWriters start(
      String jdbcUrl, String prefix, int count, int keys, Random seeds, Faults faults) {
    RoundWriters writers = new RoundWriters(jdbcUrl, prefix, keys);
    for (int i = 0; i < count; i++) {
      Writing writing = writers.new Writing(new Random(seeds.nextLong()));
      writers.workers.add(Worker.start("round-writer-" + i, writing, faults));
    }
    return writers;
  }

  /** Transactions whose commit was confirmed. */
  long commitCount() {
    return commits.get();
  }

  /** Waits until so many more transactions have been committed. */
  void awaitMore(int count) {
    long until = commits.get() + count;
    FaultBed.awaiting(count + " more commits").until(() -> commits.get() >= until);
  }

  /** Lets nobody begin a transaction; one that is under way ends in its own time. */
  void pause(boolean pause) {
    pausing = pause;
  }

  @Override
  public void close() {
    workers.forEach(Worker::close);
    workers.clear();
  }

  private final class Writing implements Worker.Step {
    private final Random random;
    private Optional<Connection> connection = Optional.empty();
    private Duration pause = CHECKED_EVERY;

    Writing(Random random) {
      this.random = random;
    }

    @Override
    public int poll() {
      pause = CHECKED_EVERY;
      if (!pausing) {
        try {
          if (connection.isEmpty()) {
            connection = Optional.of(connect());
          }
          transaction(connection.get());
        } catch (SQLException e) { // cut, or the server is away: whether it committed is not known
          disconnect();
          pause = AGAIN_AFTER;
        }
      }
      return 0;
    }

    private Connection connect() throws SQLException {
      Connection fresh =
          DriverManager.getConnection(
              jdbcUrl + "&connectTimeout=3&loginTimeout=3&socketTimeout=20&ApplicationName=writer");
      fresh.setAutoCommit(false);
      return fresh;
    }

    @Override
    public Duration pause() {
      return pause;
    }

    @Override
    public void stop() {
      disconnect();
    }

    private void disconnect() {
      try {
        if (connection.isPresent()) {
          connection.get().close();
        }
      } catch (SQLException e) {
        pause = AGAIN_AFTER;
      }
      connection = Optional.empty();
    }

    private void transaction(Connection open) throws SQLException {
      TreeSet<Integer> chosen = new TreeSet<>(); // in one order, so that none waits in a circle
      for (int i = random.nextInt(3); i >= 0; i--) {
        chosen.add(random.nextInt(keys));
      }
      for (int key : chosen) {
        boolean delete = random.nextInt(4) == 0;
        try (PreparedStatement statement =
            open.prepareStatement(delete ? "SELECT del(?)" : "SELECT set(?, ?)")) {
          statement.setString(1, prefix + "k" + key);
          if (!delete) {
            statement.setString(2, "v" + random.nextLong());
          }
          statement.execute();
        }
      }
      if (random.nextInt(6) == 0) {
        open.rollback();
      } else {
        open.commit();
        commits.incrementAndGet();
      }
    }
  }
}
