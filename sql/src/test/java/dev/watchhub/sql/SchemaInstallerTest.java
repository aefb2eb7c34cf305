package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SchemaInstallerTest {
  private static final List<String> ALL = SchemaFile.all().stream().map(SchemaFile::name).toList();

  @Test
  void knowsEveryFileInOrder() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("schema"))) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted()).isEqualTo(ALL);
    }
  }

  @Test
  void createsTheSchemaAndRecordsWhatItRan() throws Exception {
    try (TestSchema schema = TestSchema.empty("installs_fresh")) {
      Connection connection = schema.connect();
      Sql.execute(connection, "drop schema installs_fresh");

      Installed installed = SchemaInstaller.install(connection, "installs_fresh");

      assertThat(installed).isEqualTo(new Installed(true, ALL));
      assertThat(Sql.rows(connection, "select file from config_schema order by file"))
          .isEqualTo(ALL);
      assertThat(Sql.set(connection, "/a", "1")).isEqualTo(1);
      assertThat(Sql.text(connection, "select notify_mode()")).isEqualTo("trigger");
    }
  }

  @Test
  void runsNothingASecondTimeAndOnlyWhatChanged() throws Exception {
    try (TestSchema schema = TestSchema.installed("installs_again")) {
      Connection connection = schema.connect();
      assertThat(SchemaInstaller.install(connection, schema.name()))
          .isEqualTo(new Installed(false, List.of()));

      Sql.execute(connection, "update config_schema set checksum = '' where file ~ '^[35]'");
      assertThat(SchemaInstaller.install(connection, schema.name()).files())
          .containsExactly("30-read.sql", "35-past.sql", "50-changes.sql");
    }
  }

  @Test
  void everyFileRunsAloneAndAgainKeepingRowsAndSettings() throws Exception {
    try (TestSchema schema = TestSchema.empty("runs_by_hand")) {
      for (SchemaFile file : SchemaFile.all()) {
        Sql.execute(schema.connect(), file.text());
      }
      Connection connection = schema.connect();
      Sql.set(connection, "/a", "1");
      Sql.execute(connection, "insert into config (key, value) values ('/b', 'direct')");
      Sql.text(connection, "select notify_mode('off')");
      String everything =
          "select config::text, config_settings::text from config, config_settings order by 1";
      List<String> before = Sql.rows(connection, everything);

      for (SchemaFile file : SchemaFile.all()) {
        Sql.execute(schema.connect(), file.text());
      }

      assertThat(Sql.rows(connection, everything)).isEqualTo(before);
      assertThat(Sql.set(connection, "/a", "2")).isEqualTo(3);
    }
  }

  @Test
  void doesNotWaitForAWriterNorHoldOneUp() throws Exception {
    try (TestSchema schema = TestSchema.installed("installs_beside_writers")) {
      Connection writer = schema.begin();
      Sql.set(writer, "/a", "1");
      Connection installer = schema.connect();
      Sql.execute(installer, "set lock_timeout = '5s'");
      Sql.execute(installer, "delete from config_schema");

      assertThat(SchemaInstaller.install(installer, schema.name()).files()).isEqualTo(ALL);

      Sql.set(writer, "/a", "2");
      writer.commit();
      assertThat(Sql.text(installer, "select v from get1('/a')")).isEqualTo("2");
    }
  }

  @Test
  void anUncommittedInstallationDoesNotHoldUpWriters() throws Exception {
    try (TestSchema schema = TestSchema.installed("writes_beside_installer")) {
      Connection installer = schema.begin();
      for (SchemaFile file : SchemaFile.all()) {
        Sql.execute(installer, file.text());
      }
      Connection writer = schema.connect();
      Sql.execute(writer, "set lock_timeout = '5s'");
      assertThat(Sql.set(writer, "/a", "1")).isEqualTo(1);
      installer.rollback();
    }
  }

  @Test
  void severalInstallersTakeTurns() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (TestSchema schema = TestSchema.empty("installs_together")) {
      Sql.execute(schema.connect(), "drop schema installs_together");
      List<Future<Installed>> all =
          Stream.generate(
                  () ->
                      threads.submit(
                          () -> {
                            try (Connection connection =
                                DriverManager.getConnection(PostgresServer.shared().jdbcUrl())) {
                              return SchemaInstaller.install(connection, "installs_together");
                            }
                          }))
              .limit(4)
              .toList();
      int created = 0;
      for (Future<Installed> each : all) {
        created += each.get().created() ? 1 : 0;
      }
      assertThat(created).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void leavesTheConnectionAsItWas() throws Exception {
    try (TestSchema schema = TestSchema.empty("leaves_connection")) {
      Connection connection = schema.connect();
      Sql.execute(connection, "set search_path = \"$user\", public");
      SchemaInstaller.install(connection, schema.name());
      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(Sql.text(connection, "show search_path")).isEqualTo("\"$user\", public");
    }
  }

  @Test
  void namesTheFileAndTheServersMessageAndChangesNothing() throws Exception {
    try (TestSchema schema = TestSchema.empty("fails_whole")) {
      Connection connection = schema.connect();
      Sql.execute(connection, "create view config as select 1 as key");
      assertThatThrownBy(() -> SchemaInstaller.install(connection, schema.name()))
          .isInstanceOf(SchemaException.class)
          .hasMessageStartingWith("10-config.sql: ")
          .hasMessageContaining("SQLSTATE")
          .hasMessageNotContaining("\n");
      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(Sql.text(connection, "show search_path")).isEqualTo("fails_whole");
      assertThat(Sql.text(connection, "select to_regclass('config_settings')")).isEqualTo("null");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "Aa", "a-b", "a b", "a\"b", "a;drop", "ä", "pg_x", "a.b"})
  void refusesANameThatIsNoSchemas(String name) throws Exception {
    try (TestSchema schema = TestSchema.empty("refuses_names")) {
      Connection connection = schema.connect();
      assertThatThrownBy(() -> SchemaInstaller.install(connection, name))
          .isInstanceOf(SchemaException.class)
          .hasMessageStartingWith("'" + name + "' cannot name the schema");
    }
  }

  @Test
  void restampsARestoredDumpAndMovesTheSequencePastItsRevisions() throws Exception {
    try (TestSchema schema = TestSchema.installed("restored_dump")) {
      Connection connection = schema.connect();
      Sql.set(connection, "/a", "1");
      String token = Sql.text(connection, "select token from changes_since('/')");
      Sql.execute(
          connection,
          """
          insert into config (key, value, revision, txid) values ('/b', '2', 70, 999999999999);
          update config_settings
          set cluster = '1', compacted_txid = 888888888888, compacted_revision = 90
          """);

      assertThat(SchemaInstaller.install(connection, schema.name()).files()).isEqualTo(ALL);

      assertThat(
              Sql.number(
                  connection,
                  "select count(*) from config where txid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))
          .isZero();
      assertThat(Sql.text(connection, "select count(distinct txid) from config")).isEqualTo("1");
      assertThat(Sql.rows(connection, "select reset, key, value from changes_since('/', ?)", token))
          .containsExactly("compacted|/a|1", "compacted|/b|2");
      String fresh = Sql.text(connection, "select token from changes_since('/') limit 1");
      assertThat(Sql.set(connection, "/c", "3")).isGreaterThan(90);
      assertThat(Sql.rows(connection, "select reset, key, value from changes_since('/', ?)", fresh))
          .containsExactly("null|/c|3");
      assertThat(SchemaInstaller.install(connection, schema.name()).files()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "drop publication %1$s",
        "alter publication %1$s set (publish = 'insert, update')",
        "alter publication %1$s set table config where (tombstone)",
        "alter publication %1$s set table config (key, revision)",
        "alter publication %1$s add table config_schema",
        "alter publication %1$s add tables in schema %2$s"
      })
  void putsThePublicationRight(String damage) throws Exception {
    try (TestSchema schema = TestSchema.installed("rights_publication")) {
      Connection connection = schema.connect();
      Sql.execute(connection, damage.formatted(schema.publication(), schema.name()));
      Sql.execute(connection, "delete from config_schema where file = '80-publication.sql'");

      SchemaInstaller.install(connection, schema.name());

      assertThat(
              Sql.rows(
                  connection,
                  """
                  select pubinsert, pubupdate, pubdelete, pubtruncate, puballtables,
                    t.schemaname, t.tablename, t.rowfilter,
                    array_length(t.attnames, 1)
                      = (select count(*) from pg_attribute
                         where attrelid = 'config'::regclass and attnum > 0 and not attisdropped)
                  from pg_publication p join pg_publication_tables t using (pubname)
                  where pubname = ?
                  """,
                  schema.publication()))
          .containsExactly("t|f|f|f|f|rights_publication|config|null|t");
    }
  }

  @Test
  void leavesAPublicationOfAllTablesToItsOwner() throws Exception {
    try (TestSchema schema = TestSchema.installed("leaves_publication")) {
      Connection connection = schema.connect();
      Sql.execute(
          connection,
          "drop publication %1$s; create publication %1$s for all tables"
              .formatted(schema.publication()));
      Sql.execute(connection, "delete from config_schema where file = '80-publication.sql'");
      assertThatThrownBy(() -> SchemaInstaller.install(connection, schema.name()))
          .isInstanceOf(SchemaException.class)
          .hasMessageContaining("FOR ALL TABLES")
          .hasMessageContaining("DROP PUBLICATION " + schema.publication());
      Sql.execute(connection, "drop publication " + schema.publication());
    }
  }
}
