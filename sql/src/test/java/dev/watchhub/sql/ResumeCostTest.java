package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code changes_since} touches in a table much larger than the changes. */
final class ResumeCostTest {
  private static final Pattern BLOCKS = Pattern.compile("\"Shared (?:Hit|Read) Blocks\": (\\d+)");

  /** Of 8 kB; the primary key of the table has 700, the table itself 3,000. */
  private static final int FEW = 150;

  private final TestSchema schema;
  private final Connection connection;

  ResumeCostTest() throws SQLException {
    schema = TestSchema.installed("resumes");
    connection = schema.connect();
  }

  @BeforeEach
  void fill() throws SQLException {
    Sql.execute(connection, "alter table config set (autovacuum_enabled = off)");
    insert(100_000);
  }

  @AfterEach
  void close() throws SQLException {
    schema.close();
  }

  private void insert(int rows) throws SQLException {
    for (int i = 0; i < rows; i += 10_000) {
      Sql.execute(
          connection,
          """
          insert into config (key, value, create_revision, version, prev_revision)
          select '/routes/' || i %% 50000, repeat('x', 150), 1, 1, 0 from generate_series(%d, %d) i
          """
              .formatted(i, i + 9_999));
    }
  }

  private void assertResumingIsCheap() throws SQLException {
    String token = Sql.text(connection, "select token from changes_since('/none/')");
    for (int i = 0; i < 100; i++) {
      Sql.set(connection, "/routes/" + i * 37, "new");
    }
    for (String prefixes : List.of("'/'", "'{/routes/,/upstreams/}'::text[]")) {
      assertReadsFew("select * from changes_since(" + prefixes + ", '" + token + "')", 100);
    }
  }

  private void assertReadsFew(String call, int rows) throws SQLException {
    assertThat(Sql.rows(connection, call)).hasSize(rows); // reads the catalog, too
    String plan =
        String.join("\n", Sql.rows(connection, "explain (analyze, buffers, format json) " + call));
    Matcher blocks = BLOCKS.matcher(plan); // those of the call come first, and are all there are
    int touched = 0;
    for (int i = 0; i < 2 && blocks.find(); i++) {
      touched += Integer.parseInt(blocks.group(1));
    }
    assertThat(touched).as(plan).isBetween(1, FEW);
  }

  @Test
  void readsTheChangesOnlyWhereNothingIsKnownOfTheTable() throws Exception {
    assertResumingIsCheap();
  }

  @Test
  void readsTheKeysUnderThePrefixesOnlyWhereThereIsNoToken() throws Exception {
    for (int i = 0; i < 10; i++) {
      Sql.set(connection, "/few/" + i, "new");
      Sql.set(connection, "/upstreams/" + i, "new");
    }
    assertReadsFew("select * from changes_since('{/upstreams/,/few/,/few/1}'::text[])", 20);
    Sql.execute(connection, "analyze config");
    assertReadsFew("select * from changes_since('{/upstreams/,/few/,/few/1}'::text[])", 20);
  }

  @Test
  void readsTheChangesOnlyWhileAnOldTransactionIsOpen() throws Exception {
    Connection open = schema.begin();
    Sql.text(open, "select pg_current_xact_id()");
    insert(20_000);
    assertResumingIsCheap();
    open.rollback();
  }

  @Test
  void readsTheChangesOnlyAfterACompaction() throws Exception {
    Sql.text(connection, "select compact_to_latest()");
    assertResumingIsCheap();
    Sql.execute(connection, "vacuum config");
    assertResumingIsCheap();
  }
}
