package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.postgres.PostgresOptions;
import dev.watchhub.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChangesSinceTest {
  private static final String CHANGES =
      "select reset, key, value, revision, tombstone from changes_since('/', ?)";
  private static final String TOKEN = "select distinct token from changes_since('/')";

  @Test
  void startsWithTheLiveKeysAndGoesOnWithEveryRow() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_follow")) {
      Connection connection = schema.connect();
      Sql.set(connection, "/a", "1");
      Sql.set(connection, "/a", "2");
      Sql.set(connection, "/gone", "x");
      Sql.del(connection, "/gone");
      Sql.set(connection, "/b", "3");
      assertThat(Sql.rows(connection, CHANGES, (Object) null))
          .containsExactly("null|/a|2|2|f", "null|/b|3|5|f");

      String token = Sql.text(connection, TOKEN);
      assertThat(Sql.rows(connection, CHANGES, token)).containsExactly("null|null|null|null|null");

      Sql.set(connection, "/a", "4");
      Sql.del(connection, "/a");
      Sql.set(connection, "/a", "5");
      assertThat(Sql.rows(connection, CHANGES, token))
          .containsExactly("null|/a|4|6|f", "null|/a|null|7|t", "null|/a|5|8|f");
      assertThat(
              Sql.rows(
                  connection,
                  "select create_revision, version, prev_revision, author from changes_since('/', ?)",
                  token))
          .containsExactly("1|3|2|null", "1|0|6|null", "8|1|7|null");
    }
  }

  @Test
  void takesSeveralPrefixesOfWhichOneMayLieWithinAnother() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_prefixes")) {
      Connection connection = schema.connect();
      String changes =
          "select reset, key, value from changes_since('{/routes/,/upstreams/,/routes/a}'::text[], ?)";
      assertThat(Sql.rows(connection, changes, (Object) null)).containsExactly("null|null|null");

      Sql.set(connection, "/routes/a", "1");
      Sql.set(connection, "/elsewhere/a", "2");
      Sql.set(connection, "/upstreams/a", "3");
      Sql.set(connection, "/routes/b", "4");
      assertThat(Sql.rows(connection, changes, (Object) null))
          .containsExactlyInAnyOrder("null|/routes/a|1", "null|/routes/b|4", "null|/upstreams/a|3");

      String token = Sql.text(connection, TOKEN);
      Connection both = schema.begin();
      Sql.set(both, "/upstreams/a", "5");
      Sql.set(both, "/elsewhere/a", "6");
      Sql.set(both, "/routes/a", "7");
      both.commit();
      assertThat(Sql.rows(connection, changes, token))
          .containsExactly("null|/upstreams/a|5", "null|/routes/a|7");
      assertThat(Sql.rows(connection, changes, "1" + token))
          .containsExactlyInAnyOrder(
              "cluster|/routes/a|7", "cluster|/routes/b|4", "cluster|/upstreams/a|5");
      assertThat(
              Sql.number(
                  connection,
                  "select count(distinct token) from changes_since('{/routes/,/upstreams/}'::text[])"))
          .isEqualTo(1);
    }
  }

  @Test
  void nothingIsUnderNoPrefix() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_no_prefix")) {
      Connection connection = schema.connect();
      Sql.set(connection, "/a", "1");
      for (String none :
          new String[] {"'{}'::text[]", "null::text[]", "'{null}'::text[]", "null"}) {
        for (String since : new String[] {"null", "(select max(token) from changes_since('/'))"}) {
          assertThat(
                  Sql.rows(
                      connection, "select key from changes_since(" + none + ", " + since + ")"))
              .as(none)
              .containsExactly("null");
        }
      }
    }
  }

  @Test
  void returnsARowWithATokenForAnEmptyTable() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_empty")) {
      assertThat(Sql.rows(schema.connect(), CHANGES, (Object) null))
          .containsExactly("null|null|null|null|null");
      assertThat(Sql.text(schema.connect(), TOKEN)).matches("\\d+-\\d+-\\d+:\\d+:[\\d,]*");
    }
  }

  /** The numbers of transactions whose log was lost are given out again. */
  @Test
  void losesNothingWhenACrashForgetsTransactionsThatATokenHadSeenEnd() throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of())) {
      try (Connection first = DriverManager.getConnection(server.jdbcUrl())) {
        SchemaInstaller.install(first, "public");
      }
      for (int round = 0; round < 5; round++) {
        String token;
        try (Connection before = DriverManager.getConnection(server.jdbcUrl())) {
          before.setAutoCommit(false);
          for (int i = 0; i < 3; i++) {
            Sql.set(before, "/undone", "x");
            before.rollback();
          }
          before.setAutoCommit(true);
          token = Sql.text(before, TOKEN);
          server.crash();
        }
        server.restart();
        try (Connection after = DriverManager.getConnection(server.jdbcUrl())) {
          for (int i = 0; i < 3; i++) {
            Sql.set(after, "/kept/" + round + "/" + i, "x");
          }
          assertThat(Sql.rows(after, "select key from changes_since('/', ?)", token)).hasSize(3);
        }
      }
    }
  }

  @Test
  void findsWhatCommitsAfterTheTokenWithALowerRevision() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_late")) {
      Connection late = schema.begin();
      Connection connection = schema.connect();
      assertThat(Sql.set(late, "/late", "x")).isEqualTo(1);
      Sql.set(connection, "/early", "y");
      String token = Sql.text(connection, TOKEN);
      late.commit();
      assertThat(Sql.rows(connection, CHANGES, token)).containsExactly("null|/late|x|1|f");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1-1",
        "1-1-",
        "1-1-1:1",
        "1-1-2:1:",
        "1-1-1:3:5",
        "1-1-1:3:2,",
        "a-1-1:1:",
        "1-1-1:1: ",
        " 1-1-1:1:",
        "1-1-1:1:\n",
        "-1-1-1:1:",
        "1-1-99999999999999999999:1:",
        "1-1-1:9999999999999999999:",
        "1-1-1:1:'"
      })
  void refusesWhatIsNoToken(String token) throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_garbage")) {
      Connection connection = schema.connect();
      assertThatThrownBy(() -> Sql.rows(connection, CHANGES, token))
          .hasMessageContaining("invalid token")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("22023");
    }
  }

  @Test
  void resetsForATokenOfAnotherClusterOrTimelineOrFromAhead() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_elsewhere")) {
      Connection connection = schema.connect();
      Sql.set(connection, "/a", "1");
      String[] token = Sql.text(connection, TOKEN).split("-", -1);
      assertThat(Sql.rows(connection, CHANGES, "1" + token[0] + "-" + token[1] + "-" + token[2]))
          .containsExactly("cluster|/a|1|1|f");
      assertThat(Sql.rows(connection, CHANGES, token[0] + "-1" + token[1] + "-" + token[2]))
          .containsExactly("timeline|/a|1|1|f");
      assertThat(Sql.rows(connection, CHANGES, token[0] + "-" + token[1] + "-1:999999999999:"))
          .containsExactly("timeline|/a|1|1|f");
    }
  }

  @Test
  void resetsOnlyWhenCompactionTookARowThatTheTokenHadNotSeen() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_compacted")) {
      Connection connection = schema.connect();
      Sql.set(connection, "/a", "1");
      String beforeTheRow = Sql.text(connection, TOKEN);
      Sql.set(connection, "/a", "2");
      String afterTheRow = Sql.text(connection, TOKEN);
      Sql.set(connection, "/a", "3");
      assertThat(Sql.number(connection, "select compact_before_revision(3)")).isEqualTo(2);
      assertThat(Sql.rows(connection, CHANGES, beforeTheRow)).containsExactly("compacted|/a|3|3|f");
      assertThat(Sql.rows(connection, CHANGES, afterTheRow)).containsExactly("null|/a|3|3|f");
    }
  }

  @Test
  void anOldTransactionThatStillRunsIsNoReasonToReset() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_old_transaction")) {
      Connection old = schema.begin();
      Sql.set(old, "/old", "x");
      Connection connection = schema.connect();
      Sql.set(connection, "/a", "1");
      Sql.set(connection, "/a", "2");
      String token = Sql.text(connection, TOKEN);
      Sql.number(connection, "select compact_to_latest()");
      assertThat(Sql.rows(connection, CHANGES, token)).containsExactly("null|null|null|null|null");

      Sql.set(old, "/old", "y");
      old.commit();
      Sql.number(connection, "select compact_to_latest()");
      assertThat(Sql.rows(connection, CHANGES, token))
          .containsExactly("compacted|/a|2|3|f", "compacted|/old|y|4|f");
    }
  }

  @Test
  void refusesATransactionThatHasWritten() throws Exception {
    try (TestSchema schema = TestSchema.installed("changes_in_writer")) {
      Connection writer = schema.begin();
      Sql.set(writer, "/a", "1");
      assertThatThrownBy(() -> Sql.rows(writer, CHANGES, (Object) null))
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("25001");
    }
  }

  @Test
  void refusesAStandbyAndResetsAfterItsPromotion(@TempDir Path temp) throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path primaryDir = temp.resolve("primary");
    Path standbyDir = temp.resolve("standby");
    String token;
    try (PostgresServer primary = PostgresServer.start(PostgresOptions.of(primaryDir, 0));
        Connection connection = DriverManager.getConnection(primary.jdbcUrl())) {
      SchemaInstaller.install(connection, "public");
      Sql.set(connection, "/a", "1");
      token = Sql.text(connection, TOKEN);
    }
    copyCold(primaryDir, standbyDir);
    Files.createFile(standbyDir.resolve("postgres/standby.signal"));
    try (PostgresServer standby = PostgresServer.start(PostgresOptions.of(standbyDir, 0));
        Connection connection = DriverManager.getConnection(standby.jdbcUrl())) {
      assertThat(Sql.text(connection, "select pg_is_in_recovery()")).isEqualTo("t");
      assertThatThrownBy(() -> Sql.rows(connection, CHANGES, token))
          .hasMessageContaining("changes_since needs the primary");

      assertThat(Sql.text(connection, "select pg_promote()")).isEqualTo("t");
      assertThat(Sql.rows(connection, CHANGES, token)).containsExactly("timeline|/a|1|1|f");
    }
  }

  private static void copyCold(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
