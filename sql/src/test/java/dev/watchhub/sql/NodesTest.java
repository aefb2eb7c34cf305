package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes say they have applied, and what follows from it. */
final class NodesTest {
  private static final String TOKEN = "select distinct token from changes_since('/routes/')";

  private TestSchema schema;
  private Connection connection;

  @BeforeEach
  void install(TestInfo test) throws SQLException {
    schema =
        TestSchema.installed(
            "nodes_"
                + test.getTestMethod().get().getName().toLowerCase(Locale.ROOT).substring(0, 20));
    connection = schema.connect();
  }

  @AfterEach
  void close() throws SQLException {
    schema.close();
  }

  private void report(String node, @Nullable String token) throws SQLException {
    report(connection, node, token);
  }

  private static void report(Connection connection, String node, @Nullable String token)
      throws SQLException {
    Sql.rows(
        connection, "select node_applied(?, '1', '2026-01-01', '/routes/', ?)::text", node, token);
  }

  /** The place in the log as of now. */
  private String here() throws SQLException {
    return Sql.text(connection, "select pg_current_wal_insert_lsn()::text");
  }

  /** Whether a node is known to have applied all up to a place. */
  private boolean hasApplied(String node, String lsn) throws SQLException {
    return Sql.rows(
            connection,
            "select coalesce(complete_lsn >= ?::pg_lsn, false) from applied_nodes() where node = ?",
            lsn,
            node)
        .equals(List.of("t"));
  }

  @Test
  void whoLacksNoRowHasAppliedAllUpToNow() throws SQLException {
    Sql.set(connection, "/routes/a", "1");
    report("web", Sql.text(connection, TOKEN));
    Sql.set(connection, "/elsewhere/a", "1");

    assertThat(hasApplied("web", here())).isTrue();
  }

  @Test
  void whoLacksARowHasNotUntilItReportsAnew() throws SQLException {
    report("web", Sql.text(connection, TOKEN));
    report("new", null);
    Sql.set(connection, "/routes/a", "1");
    String place = here();

    assertThat(hasApplied("web", place)).isFalse();
    assertThat(hasApplied("new", place)).isFalse();

    report("web", Sql.text(connection, TOKEN));

    assertThat(hasApplied("web", place)).isTrue();
  }

  private void reportBoth(@Nullable String token) throws SQLException {
    Sql.rows(
        connection,
        "select node_applied('both', '1', '2026-01-01', '{/routes/,/upstreams/}'::text[], ?)::text",
        token);
  }

  @Test
  void whoFollowsSeveralPrefixesLacksARowUnderAnyOfThem() throws SQLException {
    String both = "select distinct token from changes_since('{/routes/,/upstreams/}'::text[])";
    reportBoth(Sql.text(connection, both));
    report("web", Sql.text(connection, TOKEN));
    Sql.set(connection, "/elsewhere/a", "1");
    assertThat(hasApplied("both", here())).isTrue();

    Sql.set(connection, "/upstreams/a", "1");
    String place = here();
    assertThat(hasApplied("both", place)).isFalse();
    assertThat(hasApplied("web", place)).isTrue();

    reportBoth(Sql.text(connection, both));
    assertThat(hasApplied("both", place)).isTrue();
  }

  @Test
  void upgradesATableOfNodesWithOnePrefixAndWhatTheyWereGranted() throws Exception {
    report("web", Sql.text(connection, TOKEN));
    Sql.execute(
        connection,
        """
        alter table config_nodes rename column prefixes to prefix;
        alter table config_nodes alter column prefix type text using prefix[1];
        drop function node_applied(text, text, timestamptz, text[], text, jsonb, bigint, boolean);
        create role nodes_follower;
        grant execute on function
          node_applied(text, text, timestamptz, text, text, jsonb, bigint, boolean)
          to nodes_follower;
        delete from config_schema where file = '90-nodes.sql'
        """);
    try {
      assertThat(SchemaInstaller.install(connection, schema.name()).files())
          .containsExactly("90-nodes.sql");

      assertThat(Sql.rows(connection, "select node, prefixes from config_nodes"))
          .containsExactly("web|{/routes/}");
      assertThat(hasApplied("web", here())).isTrue();
      report("web", Sql.text(connection, TOKEN)); // as an older data plane does
      Sql.execute(
          connection,
          "grant usage on schema %s to nodes_follower; set role nodes_follower"
              .formatted(schema.name()));
      reportBoth(null);
    } finally {
      Sql.execute(connection, "reset role; drop owned by nodes_follower; drop role nodes_follower");
    }
  }

  @Test
  void nothingIsSaidWhileARowMayBeHidden() throws SQLException {
    report("web", Sql.text(connection, TOKEN));
    try (Connection writer = schema.begin()) {
      Sql.set(writer, "/routes/a", "1");
      assertThat(hasApplied("web", here())).isFalse();
      writer.rollback();
    }
    assertThat(hasApplied("web", here())).isTrue();
  }

  @Test
  void nothingNewIsSaidByAnOldSnapshot() throws SQLException {
    report("web", Sql.text(connection, TOKEN));
    try (Connection reader = schema.begin()) {
      Sql.execute(reader, "set transaction isolation level repeatable read");
      Sql.rows(reader, "select count(*) from config");
      Sql.set(connection, "/routes/a", "1");

      assertThat(Sql.rows(reader, "select complete_lsn is null from applied_nodes()"))
          .containsExactly("t");
    }
  }

  @Test
  void aNodeThatAlwaysLacksTheNewestRowIsStillSeenToComeOn() throws SQLException {
    Sql.set(connection, "/routes/a", "1");
    String first = here();
    report("web", Sql.text(connection, TOKEN));
    Sql.set(connection, "/routes/a", "2");
    report("web", Sql.text(connection, TOKEN));
    Sql.set(connection, "/routes/a", "3");
    String third = here();

    assertThat(hasApplied("web", first)).isTrue();
    assertThat(hasApplied("web", third)).isFalse();
  }

  @Test
  void aTransactionThatWasOpenAllTheTimeIsNotCountedAsApplied() throws SQLException {
    try (Connection writer = schema.begin()) {
      Sql.set(writer, "/routes/late", "1");
      report("web", Sql.text(connection, TOKEN));
      String token = Sql.text(connection, TOKEN);
      report("web", token);
      writer.commit();
      String place = here();
      Sql.set(connection, "/routes/a", "1");
      report("web", token);

      assertThat(hasApplied("web", place)).isFalse();
    }
  }

  @Test
  void aReportReplacesTheOneBeforeAndIsNotLogged() throws SQLException {
    report("web", null);
    Sql.rows(
        connection,
        """
        select node_applied('web', '2', now(), '/routes/', null,
          '[{"key":"/routes/x","revision":7,"reason":"bad"}]', 5, true)::text
        """);

    assertThat(
            Sql.rows(
                connection,
                """
                select node, version, refused->0->>'key', refused_count, leaving, silent_ms < 60000
                from applied_nodes()
                """))
        .containsExactly("web|2|/routes/x|5|t|t");
    assertThat(
            Sql.text(
                connection,
                "select relpersistence::text from pg_class where oid = 'config_nodes'::regclass"))
        .isEqualTo("u");
  }

  @Test
  void forgetsWhoHasBeenSilentForLong() throws SQLException {
    report("old", null);
    Sql.execute(connection, "update config_nodes set reported_at = now() - interval '61 minutes'");
    report("web", null);

    assertThat(Sql.rows(connection, "select node from applied_nodes()")).containsExactly("web");
  }

  @Test
  void thoseThatComeBackTogetherDoNotWaitForEachOther() throws SQLException {
    report("a", null);
    report("b", null);
    Sql.execute(connection, "update config_nodes set reported_at = now() - interval '61 minutes'");
    try (Connection one = schema.begin();
        Connection other = schema.begin()) {
      report(one, "a", null);
      report(other, "b", null);
      report(other, "new", null);
      one.commit();
      other.commit();
    }

    assertThat(Sql.rows(connection, "select node from applied_nodes()"))
        .containsExactly("a", "b", "new");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "regexp_replace(token, '^[0-9]+', '1')",
        "regexp_replace(token, '-[0-9]+', '-77')"
      })
  void aTokenOfAnotherClusterOrTimelineCountsAsNone(String another) throws SQLException {
    Sql.set(connection, "/routes/a", "1");
    String token = Sql.text(connection, TOKEN);
    String foreign =
        Sql.text(connection, "select " + another + " from (select ? as token) t", token);
    report("web", foreign);
    assertThat(hasApplied("web", "0/1")).isFalse();

    report("web", token);
    assertThat(hasApplied("web", "0/1")).isTrue();
  }

  @Test
  void whatWasNotedInAnotherClusterIsVoid() throws SQLException {
    report("web", Sql.text(connection, TOKEN));
    Sql.execute(
        connection,
        "update config_nodes set place = '1-1-', complete_lsn = 'FFFF/0', mark_lsn = 'FFFF/0', mark_xid = '3'");
    Sql.set(connection, "/routes/a", "1");
    assertThat(hasApplied("web", "0/1")).isFalse();

    report("web", Sql.text(connection, TOKEN));
    Sql.set(connection, "/routes/a", "2");

    assertThat(hasApplied("web", "0/1")).isFalse();
  }

  @Test
  void refusesANewNodeWhereThereAreTenThousandAndForgetsThoseThatAreGone() throws SQLException {
    report("known", null);
    Sql.execute(
        connection,
        """
        insert into config_nodes (node, prefixes, refused, refused_count, leaving, reported_at)
        select 'n' || i, '{/}', '[]', 0, false, clock_timestamp() from generate_series(1, 9999) i
        """);
    report("known", null);
    assertThatThrownBy(() -> report("new", null))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53400"))
        .hasMessageContaining("no room for node \"new\"");

    Sql.execute(
        connection,
        "update config_nodes set reported_at = clock_timestamp() - interval '2 h' where node = 'n1'");
    report("new", null);
    assertThat(Sql.text(connection, "select count(*)::text from config_nodes")).isEqualTo("10000");
  }

  @Test
  void saysForHowLongReportsHaveBeenCollected() throws SQLException {
    String collected = "select nodes_collected_ms() / 3600000";
    Sql.execute(connection, "update config_nodes_since set began = now() - interval '90 minutes'");
    assertThat(Sql.number(connection, collected)).isEqualTo(1);

    Sql.execute(connection, "update config_nodes_since set server_start = '2026-01-01'");
    Sql.number(connection, collected);
    assertThat(
            Sql.text(
                connection, "select began = pg_postmaster_start_time() from config_nodes_since"))
        .isEqualTo("t");

    Sql.execute(connection, "truncate config_nodes_since"); // as a crash does
    report("web", null);
    assertThat(Sql.number(connection, collected)).isZero();
  }

  @Test
  void refusesAPrefixThatIsNull() {
    for (String prefixes : List.of("null::text", "'{/a,null}'::text[]")) {
      assertThatThrownBy(
              () ->
                  Sql.rows(
                      connection,
                      "select node_applied('web', null, null, " + prefixes + ", null)::text"))
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("22023");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'a b', null",
        "null, null",
        "'.', null",
        "'-a', null",
        "'12', null",
        "'web', 'x'",
        "'web', '1-1-7'"
      })
  void refusesWhatMakesNoSense(String nodeAndToken) {
    String[] parts = nodeAndToken.split(", ", 2);
    assertThatThrownBy(
            () ->
                Sql.rows(
                    connection,
                    "select node_applied(%s, null, null, '/', %s)::text"
                        .formatted(parts[0], parts[1])))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("22023");
  }
}
