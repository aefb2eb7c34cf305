package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.util.PSQLException;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RollbackTest {
  private static final String KEY =
      "select op, key, from_revision, to_revision, revision, version from rollback(?, ?)";
  private static final String PREFIX =
      "select op, key, from_revision, to_revision, revision, version from rollback_prefix(?, ?, ?)";

  private final TestSchema schema;
  private final Connection connection;

  RollbackTest() throws SQLException {
    schema = TestSchema.installed("rollbacks");
    connection = schema.connect();
  }

  @AfterAll
  void close() throws SQLException {
    schema.close();
  }

  @BeforeEach
  void fill() throws SQLException {
    Sql.execute(connection, "truncate config");
    Sql.execute(connection, "alter sequence config_revision_seq restart");
    Sql.execute(
        connection,
        "update config_settings set oldest_revision = 0, forgotten_revision = 0, compacted_revision = 0");
    Sql.set(connection, "/p/changed", "old");
    Sql.set(connection, "/p/deleted", "was here");
    Sql.set(connection, "/p/same", "same");
    Sql.set(connection, "/other", "old");
    Sql.set(connection, "/p/changed", "new");
    Sql.del(connection, "/p/deleted");
    Sql.set(connection, "/p/same", "changed");
    Sql.set(connection, "/p/same", "same");
    Sql.set(connection, "/p/new", "new");
    Sql.set(connection, "/other", "new");
  }

  @Test
  void takesAKeyBackToAValueOrToNone() throws Exception {
    assertThat(Sql.rows(connection, KEY, "/p/changed", 4L))
        .containsExactly("put|/p/changed|5|1|11|3");
    assertThat(Sql.rows(connection, KEY, "/p/changed", 4L)).isEmpty();
    assertThat(Sql.rows(connection, KEY, "/p/deleted", 4L))
        .containsExactly("put|/p/deleted|null|2|12|1");
    assertThat(Sql.rows(connection, KEY, "/p/new", 4L))
        .containsExactly("delete|/p/new|9|null|13|0");
    assertThat(Sql.rows(connection, KEY, "/p/new", 4L)).isEmpty();
    assertThat(Sql.rows(connection, KEY, "/never", 4L)).isEmpty();
    assertThat(Sql.text(connection, "select v from get1('/p/changed')")).isEqualTo("old");
    assertThat(Sql.text(connection, "select v from get1('/p/deleted')")).isEqualTo("was here");
  }

  @Test
  void takesAPrefixBackInOneTransaction() throws Exception {
    String before = "select key, value from list_at('/p/', 4)";
    assertThat(Sql.rows(connection, PREFIX, "/p/", 4L, true))
        .containsExactly(
            "put|/p/changed|5|1|null|null",
            "put|/p/deleted|null|2|null|null",
            "delete|/p/new|9|null|null|null");
    assertThat(Sql.number(connection, "select count(*) from config")).isEqualTo(10);
    assertThat(Sql.rows(connection, PREFIX, "/p/", 4L, false))
        .containsExactly(
            "put|/p/changed|5|1|11|3", "put|/p/deleted|null|2|12|1", "delete|/p/new|9|null|13|0");
    assertThat(Sql.rows(connection, "select key, value from list_at('/p/')"))
        .isEqualTo(Sql.rows(connection, before));
    assertThat(Sql.text(connection, "select v from get1('/other')")).isEqualTo("new");
    assertThat(
            Sql.number(connection, "select count(distinct txid) from config where revision > 10"))
        .isEqualTo(1);
    assertThat(Sql.rows(connection, PREFIX, "/p/", 4L, false)).isEmpty();
  }

  @Test
  void takesWildcardsInAPrefixForThemselves() throws Exception {
    assertThat(Sql.rows(connection, PREFIX, "/_/", 4L, false)).isEmpty();
    assertThat(Sql.rows(connection, PREFIX, "/%", 4L, false)).isEmpty();
  }

  @Test
  void keepsWhoWentBackAndWhy() throws Exception {
    Sql.rows(connection, "select * from rollback('/p/changed', 4, false, 'ann', 'oops')");
    Sql.rows(connection, "select * from rollback('/p/new', 4, false, 'ann', 'oops')");
    assertThat(Sql.rows(connection, "select author, note from config where revision > 10"))
        .containsExactly("ann|oops", "ann|oops");
  }

  @Test
  void refusesARevisionThatHasNotBeenGivenOut() {
    assertRefused(KEY, "WH404", "10", "/p/changed", 11L);
    assertRefused(PREFIX, "WH404", "10", "/p/", 11L, false);
    assertThatThrownBy(() -> Sql.rows(connection, KEY, "/p/changed", 0L))
        .hasMessageContaining("expected one from 1 on");
  }

  @Test
  void refusesWhatCompactionTookAndWritesNothing() throws Exception {
    Sql.number(connection, "select compact_before_revision(9)");
    assertRefused(KEY, "WH410", "5", "/p/changed", 4L);
    assertRefused(PREFIX, "WH410", "8", "/p/", 4L, false);
    assertRefused(PREFIX, "WH410", "8", "/p/", 4L, true);
    assertThat(Sql.number(connection, "select max(revision) from config")).isEqualTo(10);
    assertThat(Sql.rows(connection, PREFIX, "/p/", 8L, false))
        .containsExactly("delete|/p/new|9|null|11|0");
  }

  @Test
  void takes5000KeysAndNotOneMore() throws Exception {
    Sql.execute(
        connection, "select count(set('/many/' || i, 'x')) from generate_series(1, 5001) i");
    String go = "select count(*) from rollback_prefix('/many', 10, ?)";
    assertThatThrownBy(() -> Sql.rows(connection, go, true))
        .hasMessageContaining("5000 are the most")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("54000");
    Sql.del(connection, "/many/1");
    Sql.execute(connection, "delete from config where key = '/many/2'");
    assertThat(Sql.text(connection, go, false)).isEqualTo("4999");
    assertThat(Sql.rows(connection, "select key from list_at('/many')")).isEmpty();
  }

  private void assertRefused(String sql, String state, String detail, Object... arguments) {
    assertThatThrownBy(() -> Sql.rows(connection, sql, arguments))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo(state);
              assertThat(e.getServerErrorMessage().getDetail()).isEqualTo(detail);
            });
  }
}
