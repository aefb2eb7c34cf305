package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReadWriteTest {
  private final TestSchema schema;
  private final Connection connection;

  ReadWriteTest() throws SQLException {
    schema = TestSchema.installed("reads_and_writes");
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

  @Test
  void putCountsTheLifeOfAKey() throws Exception {
    String put = "select revision, create_revision, version, prev_revision from put(?, ?)";
    String remove = "select revision, create_revision, version, prev_revision from remove(?)";
    assertThat(Sql.rows(connection, put, "/a", "1")).containsExactly("1|1|1|0");
    assertThat(Sql.rows(connection, put, "/b", "1")).containsExactly("2|2|1|0");
    assertThat(Sql.rows(connection, put, "/a", "2")).containsExactly("3|1|2|1");
    assertThat(Sql.rows(connection, remove, "/a")).containsExactly("4|1|0|3");
    assertThat(Sql.rows(connection, remove, "/a")).isEmpty();
    assertThat(Sql.rows(connection, put, "/a", "3")).containsExactly("5|5|1|4");
    assertThat(Sql.text(connection, "select last_value from config_revision_seq")).isEqualTo("5");
  }

  @Test
  void putGoesOnFromRowsThatWereInsertedDirectly() throws Exception {
    Sql.set(connection, "/a", "1");
    Sql.del(connection, "/a");
    Sql.execute(connection, "insert into config (key, value) values ('/a', 'd1'), ('/a', 'd2')");
    assertThat(
            Sql.rows(
                connection,
                "select revision, create_revision, version, prev_revision from put('/a', '3')"))
        .containsExactly("5|3|3|4");
    assertThat(Sql.rows(connection, "select revision from config where prev_revision is null"))
        .containsExactly("3", "4");
  }

  @Test
  void putStoresAuthorAndNoteAndTheTime() throws Exception {
    String now = "(extract(epoch from clock_timestamp()) * 1000)::bigint";
    long before = Sql.number(connection, "select " + now);
    long created =
        Sql.number(connection, "select create_time from put('/a', 'x', 'ann', 'why not')");
    assertThat(created).isBetween(before, Sql.number(connection, "select " + now));
    assertThat(Sql.rows(connection, "select * from read_at('/a')"))
        .containsExactly("/a|x|1|1|1|" + created + "|ann|why not");
    Sql.rows(connection, "select * from remove('/a', 'bob', 'gone')");
    assertThat(Sql.rows(connection, "select author, note from config where tombstone"))
        .containsExactly("bob|gone");
  }

  @Test
  void aWriteIsPartOfTheTransactionThatItIsIn() throws Exception {
    Sql.execute(connection, "create table if not exists orders (id int)");
    connection.setAutoCommit(false);
    try {
      Sql.execute(connection, "insert into orders values (41)");
      Sql.set(connection, "/flags/checkout", "v3");
      Sql.rows(connection, "select * from txn('{\"then\": [{\"delete\": {\"key\": \"/a\"}}]}')");
      connection.rollback();
      assertThat(Sql.rows(connection, "select * from get_all('/flags')")).isEmpty();
      assertThat(Sql.number(connection, "select count(*) from orders")).isZero();

      Sql.execute(connection, "insert into orders values (42)");
      Sql.set(connection, "/flags/checkout", "v4");
      Sql.set(connection, "/flags/banner", "on");
      connection.commit();
    } finally {
      connection.setAutoCommit(true);
    }
    assertThat(Sql.text(connection, "select v from get1('/flags/checkout')")).isEqualTo("v4");
    assertThat(
            Sql.rows(
                connection, "select distinct o.xmin::text = c.txid::text from config c, orders o"))
        .containsExactly("t");
  }

  @Test
  void delAnswersZeroAndWritesNothingWhereThereIsNothing() throws Exception {
    assertThat(Sql.del(connection, "/a")).isZero();
    Sql.set(connection, "/a", "1");
    assertThat(Sql.del(connection, "/a")).isEqualTo(2);
    assertThat(Sql.del(connection, "/a")).isZero();
    assertThat(Sql.number(connection, "select count(*) from config")).isEqualTo(2);
  }

  @Test
  void theDemosReadsAnswerAsTheyDid() throws Exception {
    Sql.set(connection, "/r/a", "1");
    Sql.set(connection, "/r/a", "2");
    Sql.set(connection, "/r/b", "3");
    Sql.del(connection, "/r/b");
    assertThat(Sql.rows(connection, "select r, k, v from get1('/r/a')"))
        .containsExactly("2|/r/a|2");
    assertThat(Sql.rows(connection, "select r, k, v from get('/r/a')")).containsExactly("2|/r/a|2");
    assertThat(Sql.rows(connection, "select r, k, v from get('/r/a', 1)"))
        .containsExactly("1|/r/a|1");
    assertThat(Sql.rows(connection, "select r, k, v from get('/r/a', 3)")).isEmpty();
    assertThat(Sql.rows(connection, "select r, k, v from get('/r/b', 3)"))
        .containsExactly("3|/r/b|3");
    assertThat(Sql.rows(connection, "select * from get('/r/b', 4)")).isEmpty();
    assertThat(Sql.rows(connection, "select * from get1('/r/b')")).isEmpty();
    assertThat(Sql.rows(connection, "select r, k, v from get_all('/r/')"))
        .containsExactly("2|/r/a|2");
    assertThat(
            Sql.rows(connection, "select r, k, v, tomb from get_all_from_rev_with_stale('/r/', 1)"))
        .containsExactly("2|/r/a|2|f", "4|/r/b|null|t");
  }

  @Test
  void readsAsOfARevision() throws Exception {
    Sql.set(connection, "/a", "1");
    Sql.set(connection, "/b", "2");
    Sql.del(connection, "/a");
    Sql.set(connection, "/a", "4");
    String read = "select value from read_at('/a', ?)";
    assertThat(Sql.rows(connection, read, 0L)).isEmpty();
    assertThat(Sql.rows(connection, read, 2L)).containsExactly("1");
    assertThat(Sql.rows(connection, read, 3L)).isEmpty();
    assertThat(Sql.rows(connection, "select value from read_at('/a')")).containsExactly("4");
    String list = "select key, value from list_at('/', ?)";
    assertThat(Sql.rows(connection, list, 1L)).containsExactly("/a|1");
    assertThat(Sql.rows(connection, list, 3L)).containsExactly("/b|2");
    assertThat(Sql.rows(connection, "select key, value from list_at('/')"))
        .containsExactly("/a|4", "/b|2");
  }

  @Test
  void listsInPagesInTheOrderOfBytes() throws Exception {
    for (String key : List.of("/b", "/B", "/ä", "/a/x", "/a-x", "/a")) {
      Sql.set(connection, key, "v");
    }
    Sql.set(connection, "/a0", "gone");
    Sql.del(connection, "/a0");
    String page = "select key from list_at('/', null, ?, ?)";
    assertThat(Sql.rows(connection, page, "", 4L)).containsExactly("/B", "/a", "/a-x", "/a/x");
    assertThat(Sql.rows(connection, page, "/a/x", 4L)).containsExactly("/b", "/ä");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a%", "/a_", "/a'", "/a\"", "/a\\", "/aä", "/a*", "/a$$"})
  void aPrefixStandsForItself(String prefix) throws Exception {
    Sql.set(connection, "/ax/1", "another");
    Sql.set(connection, "/axx", "another");
    Sql.set(connection, prefix + "/1", "it");
    Sql.set(connection, prefix, "itself");
    List<String> expected = List.of(prefix, prefix + "/1");
    assertThat(Sql.rows(connection, "select k from get_all(?)", prefix)).isEqualTo(expected);
    assertThat(Sql.rows(connection, "select key from list_at(?)", prefix)).isEqualTo(expected);
    assertThat(Sql.rows(connection, "select k from get_all_from_rev_with_stale(?, 0)", prefix))
        .isEqualTo(expected);
    assertThat(Sql.rows(connection, "select key from changes_since(?)", prefix))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(Sql.number(connection, "select compact_to_latest(?)", prefix)).isZero();
  }

  static Stream<Arguments> badKeys() {
    return Stream.of(
        Arguments.of("", "must start with /"),
        Arguments.of("a", "must start with /"),
        Arguments.of("a/b", "must start with /"),
        Arguments.of("/", "empty segment"),
        Arguments.of("//", "empty segment"),
        Arguments.of("/a/", "empty segment"),
        Arguments.of("/a//b", "empty segment"),
        Arguments.of("/.", "a segment . or .."),
        Arguments.of("/a/..", "a segment . or .."),
        Arguments.of("/a/./b", "a segment . or .."),
        Arguments.of("/../b", "a segment . or .."),
        Arguments.of("/a\nb", "control character"),
        Arguments.of("/a\u0001", "control character"),
        Arguments.of("/a\u007f", "control character"),
        Arguments.of("/a\u0085", "control character"),
        Arguments.of("/" + "a".repeat(512), "513 bytes long, 512 is the most"),
        Arguments.of("/" + "ä".repeat(256), "513 bytes long, 512 is the most"));
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void refusesWhatIsNoKey(String key, String rule) throws Exception {
    for (String write : List.of("select put(?, 'x')", "select set(?, 'x')", "select del(?)")) {
      assertThatThrownBy(() -> Sql.rows(connection, write, key))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("invalid key \"")
          .hasMessageContaining(rule)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("22023");
    }
    assertThat(Sql.number(connection, "select count(*) from config")).isZero();
  }

  static Stream<String> goodKeys() {
    return Stream.of(
        "/a",
        "/a/b",
        "/...",
        "/.a",
        "/a..",
        "/a b",
        "/%",
        "/_",
        "/'",
        "/\"",
        "/\\",
        "/ä/漢/😀",
        "/" + "a".repeat(511),
        "/a;b?c#d",
        "/\u00a0");
  }

  @ParameterizedTest
  @MethodSource("goodKeys")
  void takesWhatIsAKey(String key) throws Exception {
    Sql.set(connection, key, "it's \"ä\" \\ 😀\n");
    assertThat(Sql.text(connection, "select v from get1(?)", key)).isEqualTo("it's \"ä\" \\ 😀\n");
    assertThat(Sql.del(connection, key)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"select put('/a', null)", "select set('/a', null)", "select set(null, 'x')"})
  void refusesNull(String write) {
    assertThatThrownBy(() -> Sql.rows(connection, write))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("22004");
  }
}
