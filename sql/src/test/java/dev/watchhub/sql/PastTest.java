package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads of the past, and how far back they go. */
final class PastTest {
  private final TestSchema schema;
  private final Connection connection;

  PastTest() throws SQLException {
    schema = TestSchema.installed("past");
    connection = schema.connect();
  }

  @AfterEach
  void close() throws SQLException {
    schema.close();
  }

  private String readAsOf(long rev) throws SQLException {
    return Sql.text(connection, "select value from read_as_of('/a', ?)", rev);
  }

  @Test
  void aReadOfAKeyWaitsForWhoMayStillWriteBelowItsRevision() throws Exception {
    Sql.set(connection, "/a", "1");
    Connection writer = schema.begin();
    Sql.set(writer, "/a", "2");
    Sql.set(connection, "/b", "3");
    assertThat(readAsOf(1)).as("settled by the row with this revision").isEqualTo("1");

    Connection reader = schema.connect();
    long pid = Sql.number(reader, "select pg_backend_pid()");
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Sql.text(reader, "select value from read_as_of('/a', 3)");
              } catch (SQLException e) {
                throw new AssertionError(e);
              }
            });
    awaitBlocked(pid);
    writer.commit();
    assertThat(read.join()).isEqualTo("2");
  }

  private void awaitBlocked(long pid) throws SQLException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!Sql.text(connection, "select cardinality(pg_blocking_pids(?)) > 0", (int) pid)
        .equals("t")) {
      assertThat(System.nanoTime()).as("the reader waits for the writer").isLessThan(deadline);
    }
  }

  @Test
  void aRevisionThatHasNotBeenGivenOutIsNamedSo() throws Exception {
    assertThat(Sql.text(connection, "select newest from read_as_of('/a', 1)")).isEqualTo("0");
    Sql.set(connection, "/a", "1");
    assertThat(Sql.text(connection, "select newest from read_as_of('/a', 2)")).isEqualTo("1");
    assertThat(Sql.rows(connection, "select newest, oldest, key from read_as_of('/b', 1)"))
        .containsExactly("null|null|null");
  }

  @Test
  void pagesOfOneSnapshotFitTogetherWhateverIsCommittedBetweenThem() throws Exception {
    Sql.set(connection, "/a", "old");
    Sql.set(connection, "/z", "old");
    Connection open = schema.begin();
    Sql.set(open, "/z", "of a transaction that began before");
    String seen = Sql.text(connection, "select pg_current_snapshot()");
    assertThat(page(seen, null)).containsExactly("/a|old");
    open.commit();
    Sql.set(connection, "/m", "new");
    Sql.del(connection, "/z");
    assertThat(page(seen, "/a")).containsExactly("/z|old");
    assertThat(page(Sql.text(connection, "select pg_current_snapshot()"), "/a"))
        .containsExactly("/m|new");
  }

  private List<String> page(String seen, @Nullable String after) throws SQLException {
    return Sql.rows(
        connection,
        "select key, value from list_seen('/', null, ?, 1, ?::pg_snapshot)",
        after,
        seen);
  }

  private String compacted(String prefix, String seen) throws SQLException {
    return Sql.text(connection, "select seen_compacted(?, ?::pg_snapshot)", prefix, seen);
  }

  @Test
  void aSnapshotThatMissesWhatCompactionTookIsRefused() throws Exception {
    Sql.set(connection, "/a", "1");
    Sql.set(connection, "/a", "2");
    Sql.set(connection, "/b", "1");
    String seen = Sql.text(connection, "select pg_current_snapshot()");
    Sql.number(connection, "select compact_to_latest()");
    assertThat(compacted("/", seen)).as("what it took had been superseded").isEqualTo("f");
    Sql.set(connection, "/a", "3");
    assertThat(compacted("/", seen)).isEqualTo("f");
    Sql.number(connection, "select compact_to_latest()");
    assertThat(compacted("/", seen)).isEqualTo("t");
    assertThat(compacted("/b", seen)).isEqualTo("f");
    Sql.del(connection, "/b");
    Sql.number(connection, "select compact_to_latest()");
    assertThat(compacted("/b", seen)).as("value and tombstone are gone").isEqualTo("t");
  }

  @Test
  void historyShowsTheRowsOfAKeyAndNotTheirValuesUnlessAsked() throws Exception {
    Sql.text(connection, "select revision from put('/a', 'eins', 'ada', 'first')");
    Sql.set(connection, "/b", "x");
    Sql.del(connection, "/a");
    Sql.set(connection, "/a", "zwölf");
    String rows =
        "select revision, tombstone, author, note, bytes, version, create_revision, compacted, value";
    assertThat(Sql.rows(connection, rows + " from history('/a')"))
        .containsExactly(
            "4|f|null|null|6|1|4|f|null",
            "3|t|null|null|0|0|1|f|null",
            "1|f|ada|first|4|1|1|f|null");
    assertThat(Sql.rows(connection, "select value from history('/a', 4, 9, true)"))
        .containsExactly("null", "eins");
    assertThat(Sql.rows(connection, "select revision from history('/a', null, 1)"))
        .containsExactly("4");
    Sql.number(connection, "select compact_before_revision(3)");
    assertThat(Sql.rows(connection, "select revision, compacted from history('/a')"))
        .containsExactly("4|f", "3|t");
  }

  /** Whatever was compacted, a read finds what it found before or is refused with what is left. */
  @Test
  void aReadBelowACompactionIsTheSameAsBeforeOrRefused() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 4; round++) {
      Sql.execute(connection, "truncate config");
      Sql.execute(
          connection, "update config_settings set oldest_revision = 0, forgotten_revision = 0");
      long first = Sql.number(connection, "select newest_revision()") + 1;
      for (int i = 0; i < 40; i++) {
        String key = "/k/" + random.nextInt(5);
        if (random.nextInt(3) == 0) {
          Sql.del(connection, key);
        } else {
          Sql.set(connection, key, "v" + i);
        }
      }
      long newest = Sql.number(connection, "select newest_revision()");
      for (int compaction = 0; compaction < 4; compaction++) {
        List<String> before = reads(first, newest);
        List<String> lists = lists(first, newest);
        String bounds = bounds(random, first, newest);
        Sql.execute(
            connection, "select compact_step('', " + bounds + ", null, null, '', -1, 1000)");
        expectSameOrRefused(before, reads(first, newest), bounds);
        expectSameOrRefused(lists, lists(first, newest), bounds);
      }
    }
  }

  private static String bounds(Random random, long first, long newest) {
    String revision = String.valueOf(first + random.nextInt((int) (newest - first)));
    return random.nextBoolean()
        ? revision + ", null, null"
        : "null, null, " + (1 + random.nextInt(4));
  }

  /** Revision, what may not be read, what was read. */
  private List<String> reads(long from, long to) throws SQLException {
    return Sql.rows(
        connection,
        """
        select k, rev, oldest_readable(k, rev), (select value from read_at(k, rev))
        from generate_series(?, ?) rev, (select '/k/' || n as k from generate_series(0, 5) n) keys
        order by k, rev
        """,
        from,
        to);
  }

  private List<String> lists(long from, long to) throws SQLException {
    return Sql.rows(
        connection,
        """
        select prefix, rev, oldest_readable_under(prefix, rev),
          (select string_agg(key || '=' || value, ' ') from list_at(prefix, rev))
        from generate_series(?, ?) rev, (values ('/'), ('/k/1'), ('/none')) prefixes (prefix)
        order by prefix, rev
        """,
        from,
        to);
  }

  private static void expectSameOrRefused(List<String> before, List<String> after, String bounds) {
    for (int i = 0; i < before.size(); i++) {
      String[] then = before.get(i).split("\\|", -1);
      String[] now = after.get(i).split("\\|", -1);
      if (now[2].equals("null")) {
        assertThat(now[3]).as("%s after %s", before.get(i), bounds).isEqualTo(then[3]);
        continue;
      }
      int left = i + (int) (Long.parseLong(now[2]) - Long.parseLong(now[1]));
      assertThat(left).as("the oldest lies later: %s", after.get(i)).isGreaterThan(i);
      assertThat(after.get(left).split("\\|", -1)[2])
          .as("what %s names can be read", after.get(i))
          .isEqualTo("null");
    }
  }
}
