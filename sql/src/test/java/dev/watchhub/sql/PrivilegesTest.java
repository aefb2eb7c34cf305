package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PrivilegesTest {
  private final TestSchema schema;
  private final Connection owner;
  private final Connection application;

  PrivilegesTest() throws SQLException {
    schema = TestSchema.installed("guards");
    owner = schema.connect();
    application = schema.connect();
  }

  @BeforeEach
  void becomeAnOrdinaryRole() throws SQLException {
    Sql.execute(owner, "create role guards_app; grant usage on schema guards to guards_app");
    Sql.set(owner, "/a", "1");
    Sql.execute(application, "set role guards_app");
  }

  @AfterEach
  void close() throws SQLException {
    Sql.execute(owner, "drop owned by guards_app; drop role guards_app");
    schema.close();
  }

  @Test
  void withoutGrantsNothingWritesOrReads() {
    for (String denied :
        List.of(
            "select put('/a', 'x')",
            "select remove('/a')",
            "select set('/a', 'x')",
            "select del('/a')",
            "select compact_to_latest()",
            "select compact_before_revision(9)",
            "select compact_before_time(9)",
            "select compact_step('', 9, null, null, null, null, '', -1, 9)",
            "select compact_all('', 9, null, null)",
            "select note_compaction(9, 9, 9, 9)",
            "select newest_revision()",
            "select oldest_readable('/a', 0)",
            "select * from history('/a')",
            "select lock_key('/a')",
            "select write_value('/a', 'x', true, null, null, null)",
            "select remove_value('/a', null, null, null)",
            "select put_if('/a', 'x')",
            "select remove_if('/a')",
            "select txn('{}')",
            "select lock_keys('{/a}')",
            "select put_if_checked('/a', 'x')",
            "select remove_if_checked('/a')",
            "select txn_checked('{}')",
            "select rollback_checked('/a', 1)",
            "select rollback_prefix_checked('/a', 1)",
            "select lock_referring('{/a}', '{}')",
            "select check_references('{}', '{}', '{}')",
            "select * from referring_routes('{/upstreams/a}')",
            "select notify_mode('off')",
            "insert into config (key, value) values ('/a', 'x')",
            "update config_settings set notify_mode = 'off'",
            "select * from get1('/a')",
            "select * from changes_since('/')",
            "select * from changes_since('{/}'::text[])",
            "select node_applied('a', null, null, '/', null)",
            "select node_applied('a', null, null, '{/}'::text[], null)",
            "select * from applied_nodes()",
            "select nodes_collected_ms()",
            "select * from config_nodes",
            "select * from config_nodes_since",
            "select * from config")) {
      assertThatThrownBy(() -> Sql.execute(application, denied))
          .as(denied)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("42501");
    }
  }

  @Test
  void executeOnTheFunctionsIsEnoughToWriteAndSelectToRead() throws Exception {
    Sql.execute(
        owner,
        """
        grant execute on function put(text, text, text, text), remove(text, text, text),
          set(text, text), del(text) to guards_app;
        grant select on config, config_settings to guards_app;
        grant execute on function newest_revision() to guards_app
        """);
    assertThat(Sql.set(application, "/a", "2")).isEqualTo(2);
    assertThat(Sql.text(application, "select revision from put('/a', '3')")).isEqualTo("3");
    assertThat(Sql.text(application, "select v from get1('/a')")).isEqualTo("3");
    assertThat(Sql.text(application, "select value from read_as_of('/a', 2)")).isEqualTo("2");
    assertThat(Sql.text(application, "select count(*) from history('/a')")).isEqualTo("3");
    assertThat(Sql.text(application, "select count(*) from list_at('/', 2)")).isEqualTo("1");
    assertThat(Sql.text(application, "select value from changes_since('/')")).isEqualTo("3");
    assertThat(Sql.text(application, "select value from changes_since('{/a,/b}'::text[])"))
        .isEqualTo("3");
    assertThat(Sql.text(application, "select key from list_at('/')")).isEqualTo("/a");
    assertThat(Sql.del(application, "/a")).isEqualTo(4);
    assertThatThrownBy(
            () -> Sql.execute(application, "insert into config (key, value) values ('/a', 'x')"))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("42501");
  }

  @Test
  void aCallersOwnObjectsDoNotStandInForOurs() throws Exception {
    Sql.execute(owner, "grant execute on function set(text, text) to guards_app");
    Sql.execute(
        application,
        """
        create temporary table config_settings (notify_mode text);
        set search_path = pg_temp, guards
        """);
    assertThat(Sql.number(application, "select guards.set('/a', '2')")).isEqualTo(2);
    assertThat(Sql.text(owner, "select notify_mode from config where revision = 2"))
        .isEqualTo("trigger");
  }
}
