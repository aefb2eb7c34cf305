package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** What a reference is, and what those who write and delete at the same time see of each other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReferencesTest {
  private static final String DANGLING = "WHREF";
  private static final String REFERRED_TO = "WHUSE";

  private final TestSchema schema;
  private final Connection connection;
  private final Connection first;
  private final Connection second;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  ReferencesTest() throws SQLException {
    schema = TestSchema.installed("the_references");
    connection = schema.connect();
    first = schema.begin();
    second = schema.begin();
  }

  @AfterAll
  void close() throws SQLException {
    threads.shutdownNow();
    schema.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    Sql.execute(connection, "truncate config");
    Sql.execute(connection, "alter sequence config_revision_seq restart");
    Sql.set(connection, "/upstreams/a", "{}");
  }

  @AfterEach
  void end() throws SQLException {
    first.rollback();
    second.rollback();
  }

  private static String route(String upstream) {
    return "{\"uri\":\"/x\",\"upstream\":{\"ref\":\"" + upstream + "\"}}";
  }

  private static String put(Connection connection, String key, String value) throws SQLException {
    return Sql.text(connection, "select outcome from put_if_checked(?, ?)", key, value);
  }

  private static String delete(Connection connection, String key) throws SQLException {
    return Sql.text(connection, "select outcome from remove_if_checked(?)", key);
  }

  private Future<String> waiting(Connection session, String sql, @Nullable Object... arguments)
      throws SQLException {
    String pid = Sql.text(session, "select pg_backend_pid()");
    Future<String> call = threads.submit(() -> Sql.text(session, sql, arguments));
    await("the call waits for a lock")
        .until(
            () ->
                Sql.text(
                        connection,
                        "select coalesce(wait_event, '') from pg_stat_activity where pid = ?::int",
                        pid)
                    .equals("advisory"));
    return call;
  }

  private static void assertFails(Future<String> call, String state) {
    assertThatThrownBy(call::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      value = {
        "/routes/x {'upstream':{'ref':'a/b'}} /upstreams/a/b",
        "/routes/x/y `\t{ 'upstream' :\n{ 'ref' : 'a' } }` /upstreams/a",
        "/routes/x {'\\u0075pstream':{'r\\u0065f':'\\u00e4\\/b'}} /upstreams/ä/b",
        "/routes/x eyJ1cHN0cmVhbSI6eyJyZWYiOiJhIn19 /upstreams/a",
        "/routes/x `eyJ1cHN0cmVh\nbSI6eyJyZWYiOiJhIn19\n` /upstreams/a",
        "/routesx {'upstream':{'ref':'a'}} null",
        "/kv/x {'upstream':{'ref':'a'}} null",
        "/routes/x {'upstream':'http://a'} null",
        "/routes/x {'upstream':[{'url':'http://a'}]} null",
        "/routes/x {'a':{'upstream':{'ref':'a'}}} null",
        "/routes/x {'upstream':{'ref':'a'} null",
        "/routes/x {'upstream':{'ref':'\\u0000'}} null",
        "/routes/x {'upstream':{'ref':'\\ud800'}} null",
        "/routes/x {'upstream':{'ref':'a'},'n':1e999999} null",
        "/routes/x a null",
        "/routes/x /w== null",
        "/routes/x `` null"
      })
  void knowsWhatAValueRefersTo(String key, String value, String upstream) throws Exception {
    assertThat(
            Sql.text(connection, "select referred_upstream(?, ?)", key, value.replace('\'', '"')))
        .isEqualTo(upstream);
  }

  @Test
  void aValueThatIsNestedTooDeepRefersToNothing() throws Exception {
    assertThat(
            Sql.rows(
                connection,
                "select referred_upstream('/routes/x', '{\"upstream\":' || repeat('[', 500000))"))
        .containsExactly("null");
  }

  @Test
  void findsTheLiveRoutesThatReferToAKey() throws Exception {
    Sql.set(connection, "/routes/1", route("a"));
    Sql.set(connection, "/routes/2", route("aa"));
    Sql.set(connection, "/routes/3", route("a"));
    Sql.set(connection, "/routes/3", route("b"));
    Sql.set(connection, "/routes/4", route("a"));
    Sql.del(connection, "/routes/4");
    Sql.set(connection, "/routes/5", "{\"uri\":\"/\",\"upstream\":{\"ref\":\"\\u0061\"}}");
    Sql.set(connection, "/routes/6", "eyJ1cHN0cmVhbSI6eyJyZWYiOiJhIn19");
    Sql.set(connection, "/routes/7", " " + route("a"));
    Sql.set(connection, "/kv/8", route("a"));

    String some = "select key, upstream from referring_routes(?::text[], ?::text[])";
    assertThat(Sql.rows(connection, some, "{/upstreams/a}", "{}"))
        .containsExactly(
            "/routes/1|/upstreams/a",
            "/routes/5|/upstreams/a",
            "/routes/6|/upstreams/a",
            "/routes/7|/upstreams/a");
    assertThat(Sql.rows(connection, some, "{/upstreams/a,/upstreams/b}", "{/routes/1,/routes/6}"))
        .containsExactly(
            "/routes/3|/upstreams/b", "/routes/5|/upstreams/a", "/routes/7|/upstreams/a");
  }

  @Test
  void anErrorNamesSomeOfTheRoutes() throws Exception {
    for (int i : IntStream.range(10, 40).toArray()) {
      put(connection, "/routes/" + i, route("a"));
    }
    assertThatThrownBy(() -> delete(connection, "/upstreams/a"))
        .isInstanceOfSatisfying(
            PSQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo(REFERRED_TO);
              String detail = e.getServerErrorMessage().getDetail();
              assertThat(detail)
                  .startsWith("[{\"key\": \"/routes/10\", \"upstream\": \"/upstreams/a\"}, ")
                  .endsWith("{\"key\": \"/routes/30\", \"upstream\": \"/upstreams/a\"}]");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"repeatable read", "serializable"})
  void readCommittedOnly(String isolation) throws Exception {
    Sql.execute(first, "set transaction isolation level " + isolation);
    assertThatThrownBy(() -> put(first, "/routes/x", route("a")))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("0A000");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoDeletesWaitsForAWriterOfARouteAndSeesIt(boolean commits) throws Exception {
    put(first, "/routes/x", route("a"));
    Future<String> deleting =
        waiting(second, "select outcome from remove_if_checked('/upstreams/a')");
    if (commits) {
      first.commit();
      assertFails(deleting, REFERRED_TO);
    } else {
      first.rollback();
      assertThat(deleting.get()).isEqualTo("written");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoWritesARouteWaitsForWhoDeletesAndSeesIt(boolean commits) throws Exception {
    delete(first, "/upstreams/a");
    Future<String> putting =
        waiting(second, "select outcome from put_if_checked('/routes/x', ?)", route("a"));
    if (commits) {
      first.commit();
      assertFails(putting, DANGLING);
    } else {
      first.rollback();
      assertThat(putting.get()).isEqualTo("written");
    }
  }

  @Test
  void writersOfRoutesDoNotWaitForEachOther() throws Exception {
    assertThat(put(first, "/routes/x", route("a"))).isEqualTo("written");
    assertThat(put(second, "/routes/y", route("a"))).isEqualTo("written");
  }

  /**
   * Else a transaction that writes both, as all do in the order of the locks, is waited for in a
   * ring.
   */
  @ParameterizedTest
  @ValueSource(strings = {"put", "txn", "rollback", "rollback_prefix"})
  void whoWaitsForAnUpstreamHasNoLockThatComesAfterIt(String how) throws Exception {
    String route =
        Sql.text(
            connection,
            """
            select '/routes/' || i from generate_series(1, 1000) i
            where hashtextextended('/routes/' || i, 9080) > hashtextextended('/upstreams/a', 9080)
            limit 1
            """);
    long past = Sql.set(connection, route, route("a"));
    Sql.del(connection, route);
    Sql.set(first, "/upstreams/a", "{\"nodes\":[]}");
    Future<String> writing =
        switch (how) {
          case "put" ->
              waiting(second, "select outcome from put_if_checked(?, ?)", route, route("a"));
          case "txn" ->
              waiting(
                  second,
                  """
                  select outcome from txn_checked(jsonb_build_object('then', jsonb_build_array(
                    jsonb_build_object('put', jsonb_build_object('key', ?, 'value', ?)))))
                  """,
                  route,
                  route("a"));
          case "rollback" -> waiting(second, "select op from rollback_checked(?, ?)", route, past);
          default -> waiting(second, "select op from rollback_prefix_checked('/routes/', ?)", past);
        };

    assertThat(Sql.set(first, route, "{}")).as("locked by nobody").isPositive();
    first.commit();

    assertThat(writing.get()).isIn("written", "put");
  }

  /** What it refers to was not known when the locks were taken that have an order. */
  @Test
  void aRollbackLocksWhatAnotherWroteMeanwhile() throws Exception {
    long past = Sql.set(first, "/routes/x", route("a"));
    Sql.set(first, "/routes/x", "{}");
    Future<String> back = waiting(second, "select op from rollback_checked('/routes/x', ?)", past);
    first.commit();
    assertThat(back.get()).isEqualTo("put");

    Future<String> deleting =
        waiting(first, "select outcome from remove_if_checked('/upstreams/a')");
    second.commit();
    assertFails(deleting, REFERRED_TO);
  }

  @Test
  void aTransactionMayNameManyKeysTwice() throws Exception {
    String request =
        """
        select count(*) from txn_checked((
          select jsonb_build_object('compare', jsonb_agg(jsonb_build_object('key', k, 'exists', false)),
            'then', jsonb_agg(jsonb_build_object('put', jsonb_build_object('key', k, 'value',
              '{"upstream":{"ref":"' || i || '"}}')))
            || jsonb_agg(jsonb_build_object('put', jsonb_build_object('key', '/upstreams/' || i, 'value', '{}'))))
          from (select i, '/routes/' || i as k from generate_series(1, ?) i) g))
        """;
    assertThat(Sql.number(connection, request, 2500)).isEqualTo(5000);
    assertThatThrownBy(() -> Sql.number(connection, request, 2501))
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("54000");
  }
}
