package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TxnTest {
  private static final String TXN =
      "select succeeded, op, key, outcome, revision, version from txn(?::jsonb)";

  private final TestSchema schema;
  private final Connection connection;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  TxnTest() throws SQLException {
    schema = TestSchema.installed("transactions");
    connection = schema.connect();
  }

  @AfterAll
  void close() throws SQLException {
    threads.shutdownNow();
    schema.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    Sql.execute(connection, "truncate config");
    Sql.execute(connection, "alter sequence config_revision_seq restart");
    Sql.set(connection, "/a", "1");
    Sql.set(connection, "/b", "2");
  }

  @Test
  void writesAllInOneTransactionWhenWhatItComparesHolds() throws Exception {
    assertThat(
            Sql.rows(
                connection,
                TXN,
                """
                {"compare": [{"key": "/a", "revision": 1}, {"key": "/b", "value": "2"},
                             {"key": "/b", "exists": true}, {"key": "/c", "exists": false},
                             {"key": "/c", "revision": 0}],
                 "then": [{"put": {"key": "/c", "value": "3"}}, {"delete": {"key": "/b"}},
                          {"put": {"key": "/a", "value": "1"}}, {"delete": {"key": "/d"}}],
                 "else": [{"put": {"key": "/a", "value": "no"}}]}
                """))
        .containsExactly(
            "t|put|/c|written|3|1",
            "t|delete|/b|written|4|0",
            "t|put|/a|unchanged|1|1",
            "t|delete|/d|absent|null|null");
    assertThat(Sql.number(connection, "select count(distinct txid) from config where revision > 2"))
        .isEqualTo(1);
  }

  @Test
  void writesOtherwiseWhenItDoesNotAndSaysWhatIsThere() throws Exception {
    assertThat(
            Sql.rows(
                connection,
                TXN,
                """
                {"compare": [{"key": "/b", "value": "1"}, {"key": "/a", "revision": 1},
                             {"key": "/c", "exists": true}],
                 "then": [{"put": {"key": "/a", "value": "no"}}],
                 "else": [{"put": {"key": "/z", "value": "yes"}}]}
                """))
        .containsExactly(
            "f|compare|/b|refused|2|1", "f|compare|/c|refused|null|null", "f|put|/z|written|3|1");
    assertThat(Sql.text(connection, "select v from get1('/a')")).isEqualTo("1");
  }

  @Test
  void answersARowAlsoWhenThereIsNothingToDo() throws Exception {
    assertThat(Sql.rows(connection, TXN, "{}")).containsExactly("t|null|null|null|null|null");
    assertThat(Sql.rows(connection, TXN, "{\"compare\": [{\"key\": \"/a\", \"exists\": false}]}"))
        .containsExactly("f|compare|/a|refused|1|1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[]; is a JSON object",
        "{\"them\": []}; has no \"them\"",
        "{\"then\": {}}; then is not an array",
        "{\"then\": [{}]}; expected an object with put or delete",
        "{\"then\": [7]}; expected an object with put or delete",
        "{\"then\": [{\"put\": {\"key\": \"/a\", \"value\": \"x\"}, \"delete\": {\"key\": \"/a\"}}]}; put or delete",
        "{\"then\": [{\"put\": {\"value\": \"x\"}}]}; it has no key",
        "{\"then\": [{\"put\": {\"key\": 7, \"value\": \"x\"}}]}; it has no key",
        "{\"then\": [{\"put\": {\"key\": \"/a\"}}]}; value is not a string",
        "{\"then\": [{\"put\": {\"key\": \"/a\", \"value\": null}}]}; value is not a string",
        "{\"then\": [{\"delete\": {\"key\": \"/a\", \"value\": \"x\"}}]}; expected key",
        "{\"then\": [{\"delete\": {\"key\": \"/a/\"}}]}; invalid key",
        "{\"else\": [{\"put\": {\"key\": \"a\", \"value\": \"x\"}}]}; invalid key",
        "{\"else\": [{\"delete\": {\"key\": \"/a\"}}, {\"delete\": {\"key\": \"/a\"}}]}; \"/a\" is written twice",
        "{\"compare\": [{\"key\": \"/a\"}]}; expected key and one of",
        "{\"compare\": [{\"key\": \"/a\", \"exists\": true, \"value\": \"x\"}]}; expected key and one of",
        "{\"compare\": [{\"key\": \"/a\", \"version\": 1}]}; expected key and one of",
        "{\"compare\": [{\"key\": \"/a\", \"revision\": -1}]}; revision is not",
        "{\"compare\": [{\"key\": \"/a\", \"revision\": 1.5}]}; revision is not",
        "{\"compare\": [{\"key\": \"/a\", \"exists\": \"yes\"}]}; exists is not",
        "{\"compare\": [{\"key\": \"/a\", \"value\": 1}]}; value is not",
      })
  void refusesWhatIsNoTransaction(String request, String fault) throws Exception {
    assertThatThrownBy(() -> Sql.rows(connection, TXN, request))
        .hasMessageContaining(fault)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("22023");
    assertThat(Sql.number(connection, "select count(*) from config")).isEqualTo(2);
  }

  @Test
  void takes5000KeysAndNotOneMore() throws Exception {
    String request =
        """
        select count(*) from txn((
          select jsonb_build_object('then',
            jsonb_agg(jsonb_build_object('put', jsonb_build_object('key', '/k' || i, 'value', ''))))
          from generate_series(1, ?) i))
        """;
    assertThatThrownBy(() -> Sql.rows(connection, request, 5001))
        .hasMessageContaining("there are 5001 keys, 5000 are the most")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("54000");
    assertThat(Sql.rows(connection, request, 5000)).containsExactly("5000");
  }

  @Test
  void doesNothingWhenOnePartFails() throws Exception {
    Sql.execute(connection, "alter table config add constraint no_x check (value <> 'x')");
    try {
      assertThatThrownBy(
              () ->
                  Sql.rows(
                      connection,
                      TXN,
                      """
                      {"then": [{"put": {"key": "/c", "value": "y"}},
                                {"put": {"key": "/d", "value": "x"}}]}
                      """))
          .isInstanceOf(SQLException.class);
    } finally {
      Sql.execute(connection, "alter table config drop constraint no_x");
    }
    assertThat(Sql.number(connection, "select count(*) from config")).isEqualTo(2);
  }

  /** It locks what it compares too, and reads it after it has waited. */
  @Test
  void comparesWithWhatAnotherCommittedWhileItWaited() throws Exception {
    Connection other = schema.begin();
    Connection own = schema.connect();
    String pid = Sql.text(own, "select pg_backend_pid()");
    Sql.set(other, "/a", "changed");
    Future<List<String>> waiting =
        threads.submit(
            () ->
                Sql.rows(
                    own,
                    TXN,
                    """
                    {"compare": [{"key": "/a", "value": "1"}],
                     "then": [{"put": {"key": "/b", "value": "wrong"}}]}
                    """));
    await().until(() -> waitsForAKey(pid));
    other.commit();
    assertThat(waiting.get()).containsExactly("f|compare|/a|refused|3|2");
  }

  /** Whatever the order in which they name the keys, since they lock in one order. */
  @Test
  void manyThatNameTheSameKeysDoNotWaitInARing() throws Exception {
    String keys = "select 'k' || i from generate_series(1, 12) i order by random()";
    String request =
        """
        select count(*) from txn((
          select jsonb_build_object('then',
            jsonb_agg(jsonb_build_object('put',
              jsonb_build_object('key', '/' || k, 'value', random()::text))))
          from (%s) s(k)))
        """
            .formatted(keys);
    List<Future<Void>> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Connection own = schema.connect();
      writers.add(
          threads.submit(
              () -> {
                for (int n = 0; n < 30; n++) {
                  Sql.rows(own, request);
                }
                return null;
              }));
    }
    for (Future<Void> writer : writers) {
      writer.get();
    }
    assertThat(
            Sql.rows(
                connection,
                """
                select key, count(*) from config where key like '/k%'
                group by key having count(*) <> 120
                """))
        .isEmpty();
  }

  private boolean waitsForAKey(String pid) throws SQLException {
    return Sql.text(
            connection,
            "select coalesce(wait_event, '') from pg_stat_activity where pid = ?::int",
            pid)
        .equals("advisory");
  }
}
