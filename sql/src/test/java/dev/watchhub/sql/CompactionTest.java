package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CompactionTest {
  private static final String ROWS = "select key, revision from config order by revision";

  private final TestSchema schema;
  private final Connection connection;

  CompactionTest() throws SQLException {
    schema = TestSchema.installed("compacts");
    connection = schema.connect();
  }

  /** /a: 1, 3; /b: 2, deleted at 4; /c: 5, deleted at 6, 7; /d: 8. */
  @BeforeEach
  void fill() throws SQLException {
    Sql.set(connection, "/a", "1");
    Sql.set(connection, "/b", "2");
    Sql.set(connection, "/a", "3");
    Sql.del(connection, "/b");
    Sql.set(connection, "/c", "5");
    Sql.del(connection, "/c");
    Sql.set(connection, "/c", "7");
    Sql.set(connection, "/d", "8");
  }

  @AfterEach
  void close() throws SQLException {
    schema.close();
  }

  @Test
  void keepsTheLatestLiveRowOfEveryKey() throws Exception {
    List<String> live = Sql.rows(connection, "select * from get_all('/')");
    assertThat(Sql.number(connection, "select compact_to_latest()")).isEqualTo(5);
    assertThat(Sql.rows(connection, ROWS)).containsExactly("/a|3", "/c|7", "/d|8");
    assertThat(Sql.rows(connection, "select * from get_all('/')")).isEqualTo(live);
    assertThat(Sql.number(connection, "select compact_to_latest()")).isZero();
  }

  @Test
  void toLatestTakesThePrefixOnly() throws Exception {
    assertThat(Sql.number(connection, "select compact_to_latest('/b')")).isEqualTo(2);
    assertThat(Sql.rows(connection, ROWS))
        .containsExactly("/a|1", "/a|3", "/c|5", "/c|6", "/c|7", "/d|8");
  }

  @Test
  void readsAtOrAboveTheRevisionStayAsTheyWere() throws Exception {
    for (long rev = 0; rev <= 9; rev++) {
      List<List<String>> before = reads(rev);
      Sql.number(connection, "select compact_before_revision(?)", rev);
      assertThat(reads(rev)).as("after compaction before %d", rev).isEqualTo(before);
    }
    assertThat(Sql.rows(connection, ROWS)).containsExactly("/a|3", "/c|7", "/d|8");
  }

  private List<List<String>> reads(long from) throws SQLException {
    List<List<String>> reads = new java.util.ArrayList<>();
    for (long rev = from; rev <= 9; rev++) {
      reads.add(Sql.rows(connection, "select key, value from list_at('/', ?)", rev));
    }
    return reads;
  }

  @Test
  void takesATombstoneOnlyWhenItIsBeforeTheRevision() throws Exception {
    assertThat(Sql.number(connection, "select compact_before_revision(4)")).isEqualTo(2);
    assertThat(Sql.rows(connection, ROWS))
        .containsExactly("/a|3", "/b|4", "/c|5", "/c|6", "/c|7", "/d|8");
    assertThat(Sql.number(connection, "select compact_before_revision(5)")).isEqualTo(1);
    assertThat(Sql.rows(connection, ROWS)).doesNotContain("/b|4");
  }

  @Test
  void byTimeLeavesWhatWasNotReplacedBefore() throws Exception {
    Sql.execute(connection, "update config set create_time = revision * 1000");
    assertThat(Sql.number(connection, "select compact_before_time(4000)")).isEqualTo(1);
    assertThat(Sql.rows(connection, ROWS))
        .containsExactly("/b|2", "/a|3", "/b|4", "/c|5", "/c|6", "/c|7", "/d|8");
    assertThat(Sql.number(connection, "select compact_before_time(9223372036854775807)"))
        .isEqualTo(4);
    assertThat(Sql.rows(connection, ROWS)).containsExactly("/a|3", "/c|7", "/d|8");
  }

  @Test
  void aClockThatWasSetBackBringsNoDeletedKeyToLife() throws Exception {
    Sql.execute(connection, "update config set create_time = 9000 - revision * 1000");
    for (long ms = 0; ms <= 9000; ms += 500) {
      Sql.number(connection, "select compact_before_time(?)", ms);
      assertThat(Sql.rows(connection, "select k from get_all('/')"))
          .containsExactly("/a", "/c", "/d");
    }
  }

  @Test
  void notesTheHighestOfWhatItRemoved() throws Exception {
    String noted = "select compacted_txid, compacted_revision from config_settings";
    long txid = Sql.number(connection, "select txid from config where revision = 6");
    Sql.number(connection, "select compact_before_revision(0)");
    assertThat(Sql.rows(connection, noted)).containsExactly("0|0");
    Sql.number(connection, "select compact_before_revision(8)");
    assertThat(Sql.rows(connection, noted)).containsExactly(txid + "|6");
    Sql.number(connection, "select compact_to_latest()");
    assertThat(Sql.rows(connection, noted)).containsExactly(txid + "|6");
  }

  @Test
  void aKeyWhoseTombstoneWentBeginsAnew() throws Exception {
    Sql.number(connection, "select compact_to_latest()");
    assertThat(
            Sql.rows(
                connection,
                "select revision, create_revision, version, prev_revision from put('/b', 'x')"))
        .containsExactly("9|9|1|0");
  }

  /** Steps of so many rows, to the end; returns how many rows went and how many tombstones stay. */
  private String inSteps(String bounds, String hold, int rows, boolean dryRun) throws SQLException {
    long removed = 0;
    long held = 0;
    String[] step = {"0", "0", "", "-1", "f"};
    for (int steps = 0; step[4].equals("f"); steps++) {
      assertThat(steps).as("steps over eight rows").isLessThan(10);
      step =
          Sql.text(
                  connection,
                  "select removed || '|' || held || '|' || last_key || '|' || last_revision || '|'"
                      + " || done::text::char from compact_step('', "
                      + bounds
                      + ", "
                      + hold
                      + ", ?, ?, ?, ?)",
                  step[2],
                  Long.parseLong(step[3]),
                  rows,
                  dryRun)
              .split("\\|", -1);
      removed += Long.parseLong(step[0]);
      held += Long.parseLong(step[1]);
    }
    return removed + " removed, " + held + " held";
  }

  @Test
  void stepsOfAnyLengthRemoveTheSame() throws Exception {
    for (int rows = 1; rows <= 9; rows++) {
      for (String bounds :
          List.of("9, null, null", "6, null, null", "null, null, 1", "null, null, 2")) {
        Sql.execute(connection, "begin");
        String dry = inSteps(bounds, "null, null", rows, true);
        assertThat(inSteps(bounds, "null, null", rows, false)).isEqualTo(dry);
        assertThat(Sql.rows(connection, ROWS))
            .as("%s, %d rows at a time", bounds, rows)
            .containsExactly(
                switch (bounds) {
                  case "9, null, null" -> new String[] {"/a|3", "/c|7", "/d|8"};
                  case "6, null, null" -> new String[] {"/a|3", "/c|6", "/c|7", "/d|8"};
                  case "null, null, 1" -> new String[] {"/a|3", "/b|4", "/c|7", "/d|8"};
                  default -> new String[] {"/a|1", "/b|2", "/a|3", "/b|4", "/c|6", "/c|7", "/d|8"};
                });
        Sql.execute(connection, "rollback");
      }
    }
  }

  @Test
  void whatSomebodyHasNotSeenStaysWithWhatFollowsItForSoLong() throws Exception {
    Sql.execute(connection, "update config set create_time = revision * 1000");
    long tombstone = Sql.number(connection, "select txid from config where revision = 4");
    String all = "9223372036854775807, null, null";
    assertThat(inSteps(all, tombstone + ", 0", 9, true)).isEqualTo("2 removed, 2 held");
    assertThat(inSteps(all, tombstone + ", 4001", 9, true)).isEqualTo("3 removed, 1 held");
    assertThat(inSteps(all, (tombstone + 1) + ", 0", 9, true)).isEqualTo("3 removed, 1 held");
    assertThat(inSteps(all, "0, 0", 9, false)).isEqualTo("0 removed, 2 held");
    assertThat(inSteps(all, tombstone + ", 0", 9, false)).isEqualTo("2 removed, 2 held");
    assertThat(Sql.rows(connection, ROWS))
        .containsExactly("/a|3", "/b|4", "/c|5", "/c|6", "/c|7", "/d|8");
  }

  @Test
  void aWriterOfTheSameKeysDoesNotWaitForAStep() throws Exception {
    Connection compacting = schema.begin();
    Sql.text(compacting, "select compact_step('', 9, null, null, null, null, '', -1, 9)");
    Sql.execute(connection, "set lock_timeout = '2s'");
    assertThat(Sql.set(connection, "/a", "9")).isEqualTo(9);
    assertThat(Sql.set(connection, "/b", "10")).isEqualTo(10);
    compacting.commit();
    assertThat(Sql.rows(connection, ROWS)).containsExactly("/a|3", "/c|7", "/d|8", "/a|9", "/b|10");
  }
}
