package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.servers.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Fills the table, faster than its functions would. Stateless. */
final class Rows {
  static final String PREFIX = "/replay/";

  private static final int SESSIONS = 4;

  /** As {@code put} writes the first value of a key; the values have 200 characters. */
  private static final String LIVE_KEYS =
      """
      insert into config (
        key, value, revision, create_revision, version, prev_revision, notify_mode)
      select '%s' || lpad(i::text, 8, '0'), rpad(md5(i::text), 200, md5((i + 1)::text)), r, r, 1, 0,
        'off'
      from (
        select i, nextval('config_revision_seq') as r from generate_series(1, %d) i
      ) numbered
      """;

  /**
   * Puts with a mark, each in a transaction of its own. They are not flushed one by one, which
   * changes nothing in what is read later.
   */
  private static final String COMMITS =
      """
      do $$
      begin
        for i in 0 .. %d loop
          perform set('%sback/' || %d || '-' || i %% 1000,
            rpad('@' || lpad(to_hex(%d), 2, '0') || lpad(to_hex(i), 8, '0') || lpad('', 16, '0'),
              200, md5(i::text)));
          commit;
        end loop;
      end
      $$
      """;

  private Rows() {}

  /** Adds live keys, and has the server tidy up as it would have by itself. */
  static void addLiveKeys(Database database, int count) {
    database.execute(LIVE_KEYS.formatted(PREFIX, count), "vacuum analyze config", "checkpoint");
  }

  /**
   * Makes commits of one put each, by several sessions at once, and returns how many.
   *
   * @param count about so many: it is rounded to a multiple of the sessions
   */
  static int commit(Database database, int count) {
    int each = count / SESSIONS;
    ExecutorService sessions = Executors.newFixedThreadPool(SESSIONS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        String block = COMMITS.formatted(each - 1, PREFIX, i, i);
        all.add(sessions.submit(() -> run(database, block)));
      }
      for (Future<?> one : all) {
        one.get();
      }
      return each * SESSIONS;
    } catch (ExecutionException e) {
      throw new BenchException("commits cannot be made: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while making commits", e);
    } finally {
      sessions.shutdownNow();
    }
  }

  private static void run(Database database, String block) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set synchronous_commit = off");
      statement.execute(block);
    } catch (SQLException e) {
      throw new BenchException(String.valueOf(e.getMessage()), e);
    }
  }
}
