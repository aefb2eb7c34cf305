package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
final class ConditionalWriteTest {
  private static final String PUT =
      "select outcome, revision, create_revision, version, prev_revision from put_if(?, ?, ?)";
  private static final String REMOVE =
      "select outcome, revision, create_revision, version, prev_revision from remove_if(?, ?)";

  private final TestSchema schema;
  private final Connection connection;

  ConditionalWriteTest() throws SQLException {
    schema = TestSchema.installed("conditional_writes");
    connection = schema.connect();
  }

  @AfterAll
  void close() throws SQLException {
    schema.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    Sql.execute(connection, "truncate config");
    Sql.execute(connection, "alter sequence config_revision_seq restart");
  }

  /** Revisions 1 and 2 are the values of /there, 3 and 4 the life of /gone. */
  @ParameterizedTest
  @CsvSource(
      value = {
        "/there | null | written|5|1|3|2  | written|5|1|0|2",
        "/there | 2    | written|5|1|3|2  | written|5|1|0|2",
        "/there | -1   | written|5|1|3|2  | written|5|1|0|2",
        "/there | 1    | refused|2|1|2|1  | refused|2|1|2|1",
        "/there | 9    | refused|2|1|2|1  | refused|2|1|2|1",
        "/there | 0    | refused|2|1|2|1  | refused|2|1|2|1",
        "/gone  | null | written|5|5|1|4  | absent|null|null|null|null",
        "/gone  | 0    | written|5|5|1|4  | absent|null|null|null|null",
        "/gone  | -1   | refused|null|null|null|null | refused|null|null|null|null",
        "/gone  | 4    | refused|null|null|null|null | refused|null|null|null|null",
        "/never | null | written|5|5|1|0  | absent|null|null|null|null",
        "/never | 0    | written|5|5|1|0  | absent|null|null|null|null",
        "/never | -1   | refused|null|null|null|null | refused|null|null|null|null",
        "/never | 1    | refused|null|null|null|null | refused|null|null|null|null",
      },
      delimiter = ';')
  void writesWhereTheConditionHoldsAndSaysElseWhatIsThere(String row) throws Exception {
    String[] parts = row.split(" \\| ", -1);
    String key = parts[0].strip();
    Long expected = parts[1].strip().equals("null") ? null : Long.valueOf(parts[1].strip());
    Sql.set(connection, "/there", "1");
    Sql.set(connection, "/there", "2");
    Sql.set(connection, "/gone", "3");
    Sql.del(connection, "/gone");
    connection.setAutoCommit(false);
    try {
      assertThat(Sql.rows(connection, PUT, key, "new", expected)).containsExactly(parts[2].strip());
      connection.rollback();
      Sql.execute(connection, "alter sequence config_revision_seq restart 5");
      assertThat(Sql.rows(connection, REMOVE, key, expected)).containsExactly(parts[3].strip());
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  @Test
  void makesNoRowOfAValueThatIsThere() throws Exception {
    assertThat(Sql.rows(connection, PUT, "/a", "", null)).containsExactly("written|1|1|1|0");
    assertThat(Sql.rows(connection, PUT, "/a", "", null)).containsExactly("unchanged|1|1|1|0");
    assertThat(Sql.rows(connection, PUT, "/a", "", 1L)).containsExactly("unchanged|1|1|1|0");
    assertThat(Sql.rows(connection, PUT, "/a", "", 2L)).containsExactly("refused|1|1|1|0");
    assertThat(Sql.rows(connection, "select outcome from put_if('/a', '', null, 'ann', 'why')"))
        .containsExactly("unchanged");
    Sql.del(connection, "/a");
    assertThat(Sql.rows(connection, PUT, "/a", "", null)).containsExactly("written|3|3|1|2");
    assertThat(Sql.number(connection, "select last_value from config_revision_seq")).isEqualTo(3);
  }

  @Test
  void takesARowThatWasInsertedDirectlyForTheFirstValueOfALife() throws Exception {
    Sql.execute(connection, "insert into config (key) values ('/a')");
    assertThat(Sql.rows(connection, PUT, "/a", "", 1L)).containsExactly("unchanged|1|1|1|null");
    assertThat(Sql.rows(connection, PUT, "/a", "x", 0L)).containsExactly("refused|1|1|1|null");
    assertThat(Sql.rows(connection, REMOVE, "/a", 1L)).containsExactly("written|2|1|0|1");
  }

  @Test
  void keepsWhoWroteAndWhy() throws Exception {
    Sql.rows(connection, "select * from put_if('/a', 'x', 0, 'ann', 'new')");
    Sql.rows(connection, "select * from remove_if('/a', 1, 'bob', 'old')");
    assertThat(Sql.rows(connection, "select author, note from config order by revision"))
        .containsExactly("ann|new", "bob|old");
  }

  @Test
  void refusesABadKeyAndNoValue() {
    for (String write : List.of("select put_if('a', 'x')", "select remove_if('a')")) {
      assertThatThrownBy(() -> Sql.rows(connection, write))
          .hasMessageContaining("it must start with /");
    }
    assertThatThrownBy(() -> Sql.rows(connection, "select put_if('/a', null)"))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("22004");
  }

  @Test
  void ofManyWhoCountUpEachCountsOnce() throws Exception {
    Sql.set(connection, "/count", "0");
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Connection own = schema.connect();
        writers.add(threads.submit(() -> countUp(own, 25)));
      }
      int refused = 0;
      for (Future<Integer> writer : writers) {
        refused += writer.get();
      }
      assertThat(refused).as("conditions that did not hold").isPositive();
    } finally {
      threads.shutdownNow();
    }
    assertThat(Sql.text(connection, "select v from get1('/count')")).isEqualTo("150");
  }

  /** Counts up by so much; returns how often another was faster. */
  private static int countUp(Connection connection, int times) throws SQLException {
    int refused = 0;
    int done = 0;
    while (done < times) {
      String[] read =
          Sql.text(connection, "select r || ' ' || v from get1('/count')").split(" ", -1);
      String outcome =
          Sql.text(
              connection,
              "select outcome from put_if('/count', ?, ?)",
              String.valueOf(Integer.parseInt(read[1]) + 1),
              Long.valueOf(read[0]));
      if (outcome.equals("written")) {
        done++;
      } else {
        assertThat(outcome).isEqualTo("refused");
        refused++;
      }
    }
    return refused;
  }
}
