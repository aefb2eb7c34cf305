package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DemoUpgradeTest {
  @ParameterizedTest
  @ValueSource(strings = {"with-create-time.sql", "without-create-time.sql"})
  void keepsRowsAndRevisionsAndComputesTheHistoryOfEachKey(String demo) throws Exception {
    try (TestSchema schema = TestSchema.ofDemo("upgrades_demo", demo)) {
      Connection connection = schema.connect();
      Sql.execute(
          connection,
          """
          select set('/routes/a', 'a1'), set('/routes/b', 'b1'), set('/routes/a', 'a2'),
            del('/routes/a'), set('/routes/a', 'a3'), set('/routes/a', 'a4'),
            del('/routes/never'), del('/routes/never'), set('no rule', 'x');
          insert into config (key, value, revision) values ('/routes/late', 'z', 500)
          """);
      List<String> before =
          Sql.rows(connection, "select key, value, revision, tombstone from config order by 3");

      Installed installed = SchemaInstaller.install(connection, schema.name());

      assertThat(installed.created()).isFalse();
      assertThat(
              Sql.rows(connection, "select key, value, revision, tombstone from config order by 3"))
          .isEqualTo(before);
      assertThat(
              Sql.rows(
                  connection,
                  """
                  select key, revision, create_revision, version, prev_revision
                  from config order by key, revision
                  """))
          .containsExactly(
              "/routes/a|1|1|1|0",
              "/routes/a|3|1|2|1",
              "/routes/a|4|1|0|3",
              "/routes/a|5|5|1|4",
              "/routes/a|6|5|2|5",
              "/routes/b|2|2|1|0",
              "/routes/late|500|500|1|0",
              "/routes/never|7|7|0|0",
              "/routes/never|8|8|0|7",
              "no rule|9|9|1|0");
      assertThat(Sql.text(connection, "select count(distinct txid) from config")).isEqualTo("1");
      assertThat(Sql.number(connection, "select min(create_time) from config"))
          .isGreaterThan(1_600_000_000_000L);
      assertThat(
              Sql.rows(
                  connection,
                  "select revision, create_revision, version, prev_revision from put('/routes/a', 'a5')"))
          .containsExactly("501|5|3|6");
      assertThat(Sql.rows(connection, "select * from get_all('/routes/a')"))
          .containsExactly("501|/routes/a|a5");
      assertThat(Sql.rows(connection, "select * from get_all_from_rev_with_stale('/', 7)"))
          .containsExactly("501|/routes/a|a5|f", "500|/routes/late|z|f", "8|/routes/never|null|t");
      assertThat(Sql.del(connection, "no rule")).isEqualTo(502);
    }
  }

  @Test
  void keepsTheTimesOfRowsThatHadThem() throws Exception {
    try (TestSchema schema = TestSchema.ofDemo("upgrades_times", "with-create-time.sql")) {
      Connection connection = schema.connect();
      Sql.execute(
          connection, "insert into config (key, value, create_time) values ('/a', 'x', 42)");
      SchemaInstaller.install(connection, schema.name());
      assertThat(Sql.text(connection, "select create_time from read_at('/a')")).isEqualTo("42");
    }
  }

  @Test
  void replacesTheDemosTrigger() throws Exception {
    try (TestSchema schema = TestSchema.ofDemo("upgrades_trigger", "without-create-time.sql")) {
      Connection connection = schema.connect();
      SchemaInstaller.install(connection, schema.name());
      assertThat(
              Sql.text(
                  connection,
                  """
                  select count(*) from pg_trigger
                  where tgrelid = 'config'::regclass and not tgisinternal and tgqual is not null
                  """))
          .isEqualTo("1");
    }
  }
}
