package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyOrderTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWriterWaitsForTheOneBeforeItOnTheSameKeyOnly(boolean firstCommits) throws Exception {
    try (TestSchema schema = TestSchema.installed("orders_writers")) {
      Connection first = schema.begin();
      Connection second = schema.connect();
      Connection other = schema.connect();
      String pid = Sql.text(second, "select pg_backend_pid()");
      Sql.set(first, "/k", "first");

      Future<List<String>> waiting =
          threads.submit(
              () ->
                  Sql.rows(
                      second, "select revision, version, prev_revision from put('/k', 'second')"));
      await()
          .until(
              () ->
                  Sql.text(
                          other,
                          "select coalesce(wait_event, '') from pg_stat_activity where pid = ?::int",
                          pid)
                      .equals("advisory"));
      assertThat(Sql.set(other, "/free", "at once")).isEqualTo(2);
      if (firstCommits) {
        first.commit();
      } else {
        first.rollback();
      }

      assertThat(waiting.get()).containsExactly(firstCommits ? "3|2|1" : "3|1|0");
      assertThat(Sql.text(other, "select v from get1('/k')")).isEqualTo("second");
    }
  }

  @Test
  void theChainOfEachKeyHoldsUnderWritersWithSavepointsAndRollbacks() throws Exception {
    try (TestSchema schema = TestSchema.installed("chains_hold")) {
      List<Future<?>> writers = new ArrayList<>();
      for (int seed = 0; seed < 8; seed++) {
        Connection connection = schema.begin();
        Random random = new Random(seed);
        writers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 150; i++) {
                    write(connection, random);
                  }
                  return null;
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      Connection connection = schema.connect();
      assertThat(Sql.number(connection, "select count(*) from config")).isGreaterThan(500);
      assertThat(
              Sql.rows(
                  connection,
                  """
                  select * from (
                    select key, revision, prev_revision, version,
                      lag(revision, 1, 0::bigint) over w as actual,
                      case when tombstone then 0
                        else coalesce(lag(version) over w, 0) + 1 end as counted
                    from config
                    window w as (partition by key order by revision)
                  ) c
                  where prev_revision <> actual or version <> counted
                  """))
          .isEmpty();
    }
  }

  /** One key a transaction, since two writers with several in different orders can deadlock. */
  private static void write(Connection connection, Random random) throws SQLException {
    String key = "/k" + random.nextInt(4);
    Sql.set(connection, key, "v");
    if (random.nextInt(3) == 0) {
      java.sql.Savepoint savepoint = connection.setSavepoint();
      Sql.del(connection, key);
      Sql.set(connection, key, "undone");
      connection.rollback(savepoint);
    }
    if (random.nextInt(4) == 0) {
      Sql.del(connection, key);
    }
    if (random.nextInt(5) == 0) {
      connection.rollback();
    } else {
      connection.commit();
    }
  }
}
