package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writers whose reads are as old as their transaction: what they write follows the newest row of
 * the key, or they fail with 40001.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OldSnapshotTest {
  private static final List<String> WRITES =
      List.of(
          "select set('%s', 'late')",
          "select del('%s')",
          "select revision from put('%s', 'late')",
          "select outcome from put_if('%s', 'late', 0)",
          "select outcome from put_if('%s', '1')",
          "select outcome from remove_if('%s', 99)",
          "select op from txn('{\"compare\": [{\"key\": \"%s\", \"revision\": 99}]}')",
          "select op from rollback('%s', 1)");

  private static final List<String> CHANGES =
      List.of("select set('%s', 'x')", "select del('%s'), set('%s', '1')");

  private final TestSchema schema;
  private final Connection other;
  private final Connection old;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  OldSnapshotTest() throws SQLException {
    schema = TestSchema.installed("old_snapshots");
    other = schema.connect();
    old = schema.begin();
  }

  @AfterAll
  void close() throws SQLException {
    threads.shutdownNow();
    schema.close();
  }

  @BeforeEach
  void fill() throws SQLException {
    Sql.execute(other, "truncate config");
    Sql.execute(other, "alter sequence config_revision_seq restart");
    Sql.set(other, "/there", "1");
    Sql.set(other, "/gone", "2");
    Sql.del(other, "/gone");
  }

  @AfterEach
  void end() throws SQLException {
    old.rollback();
  }

  /** From now on it reads by the snapshot of this moment. */
  private void look(String isolation) throws SQLException {
    old.rollback();
    Sql.execute(old, "set transaction isolation level " + isolation);
    Sql.rows(old, "select count(*) from config");
  }

  private static void assertCannotSerialize(Connection connection, String write) {
    assertThatThrownBy(() -> Sql.rows(connection, write))
        .as(write)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("40001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"repeatable read", "serializable"})
  void failsWhereSomebodyWroteTheKeySince(String isolation) throws Exception {
    int nth = 0;
    for (String kind : List.of("/there", "/gone", "/never")) {
      for (String change : CHANGES) {
        for (String write : WRITES) {
          String key = kind + nth++; // emptying the table each time would take long
          if (!kind.equals("/never")) {
            Sql.set(other, key, "1");
          }
          if (kind.equals("/gone")) {
            Sql.del(other, key);
          }
          look(isolation);
          Sql.rows(other, change.replace("%s", key));
          assertCannotSerialize(old, write.replace("%s", key));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"repeatable read", "serializable"})
  void writesWhereNobodyDid(String isolation) throws Exception {
    look(isolation);
    Sql.set(other, "/other", "x");
    Sql.set(other, "/another", "x");
    String put = "select create_revision, version, prev_revision from put(?, 'new')";
    assertThat(Sql.rows(old, put, "/there")).containsExactly("1|2|1");
    assertThat(Sql.rows(old, put, "/gone")).containsExactly("7|1|3");
    assertThat(Sql.rows(old, put, "/never")).containsExactly("8|1|0");
    Sql.set(other, "/third", "x");
    assertThat(Sql.rows(old, put, "/there")).containsExactly("1|3|6");
    assertThat(Sql.del(old, "/never")).isEqualTo(11);
    old.commit();
    assertThat(Sql.rows(other, "select key from config where revision < 1")).isEmpty();
    assertThat(Sql.number(other, "select count(*) from config")).isEqualTo(11);
    assertThat(Sql.text(other, "select v from get1('/there')")).isEqualTo("new");
  }

  @ParameterizedTest
  @ValueSource(strings = {"repeatable read", "serializable"})
  void waitsForAWriterOfTheKeyAndFailsOnlyIfItCommits(String isolation) throws Exception {
    for (boolean commits : new boolean[] {true, false}) {
      fill();
      Connection writer = schema.begin();
      Sql.set(writer, "/there", "first");
      look(isolation);
      String pid = Sql.text(old, "select pg_backend_pid()");
      Future<Long> waiting = threads.submit(() -> Sql.set(old, "/there", "second"));
      await()
          .until(
              () ->
                  Sql.text(
                          other,
                          "select coalesce(wait_event, '') from pg_stat_activity where pid = ?::int",
                          pid)
                      .equals("advisory"));
      if (commits) {
        writer.commit();
        assertThatThrownBy(waiting::get)
            .cause()
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("40001");
      } else {
        writer.rollback();
        assertThat(waiting.get()).isEqualTo(5);
        old.commit();
        assertThat(Sql.text(other, "select prev_revision from config where revision = 5"))
            .isEqualTo("1");
      }
    }
  }

  @Test
  void failsWhereCompactionTookWhatItSees() throws Exception {
    look("repeatable read");
    Sql.set(other, "/there", "x");
    Sql.rows(other, "select compact_to_latest()");
    assertCannotSerialize(old, "select set('/there', 'late')");

    fill();
    look("repeatable read");
    Sql.set(other, "/gone", "x");
    Sql.rows(other, "select compact_to_latest()");
    assertCannotSerialize(old, "select set('/gone', 'late')");

    fill();
    look("repeatable read");
    Sql.set(other, "/never", "x");
    Sql.set(other, "/never", "y");
    Sql.rows(other, "select compact_to_latest()");
    assertCannotSerialize(old, "select set('/never', 'late')");
  }

  @Test
  void failsWhenItIsTooOldToLook() throws Exception {
    look("repeatable read");
    Sql.execute(
        other,
        """
        do $$ begin
          for i in 1..10001 loop
            begin
              insert into config_schema values ('x', 'x');
              raise exception sqlstate 'WH000';
            exception when sqlstate 'WH000' then null;
            end;
          end loop;
        end $$
        """);
    assertCannotSerialize(old, "select set('/there', 'late')");
  }

  @Test
  void anOlderSchemaGetsTheIndexThatItNeeds() throws Exception {
    try (TestSchema older = TestSchema.installed("older_index")) {
      Connection connection = older.connect();
      Sql.execute(
          connection,
          """
          drop index config_txid_idx;
          create index config_txid_idx on config (txid);
          update config_schema set checksum = 'older' where file = '10-config.sql'
          """);
      SchemaInstaller.install(connection, older.name());
      assertThat(
              Sql.rows(
                  connection,
                  "select indisunique from pg_index where indexrelid = 'config_txid_idx'::regclass"))
          .containsExactly("t");
    }
  }

  /** Whoever fails begins anew; of what each counts up, nothing is lost. */
  @Test
  void noneOfManyWritersIsLost() throws Exception {
    Sql.set(other, "/count", "0");
    List<Future<Integer>> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Connection connection = schema.begin();
      String isolation =
          List.of("repeatable read", "serializable", "repeatable read", "read committed").get(i);
      Random random = new Random(i);
      writers.add(threads.submit(() -> countUp(connection, isolation, random)));
    }
    int failures = 0;
    for (Future<Integer> writer : writers) {
      failures += writer.get();
    }
    assertThat(failures).as("transactions that began anew").isPositive();
    assertThat(Sql.text(other, "select v from get1('/count')")).isEqualTo("80");
    assertThat(
            Sql.rows(
                other,
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

  private static int countUp(Connection connection, String isolation, Random random)
      throws SQLException {
    int failures = 0;
    int done = 0;
    while (done < 20) {
      Sql.execute(connection, "set transaction isolation level " + isolation);
      try {
        if (isolation.equals("read committed")) {
          Sql.rows(connection, "select lock_key('/count')");
        } else {
          Sql.set(connection, "/noise" + random.nextInt(3), "x");
        }
        int count = Integer.parseInt(Sql.text(connection, "select v from get1('/count')"));
        Sql.set(connection, "/count", String.valueOf(count + 1));
        connection.commit();
        done++;
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isIn("40001", "40P01");
        connection.rollback();
        failures++;
      }
    }
    return failures;
  }
}
