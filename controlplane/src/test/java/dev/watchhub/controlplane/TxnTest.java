package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many keys in one commit. */
class TxnTest {
  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(TxnTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  private static Admin.Answer txn(String body, String... headers) {
    return admin.send("POST", "/txn", BodyPublishers.ofString(body), headers);
  }

  @Test
  void writesAllOrElseTheOther() throws Exception {
    long revision = admin.put("/kv/swap", "1").revision();
    String swap =
        """
        {"compare": [{"key": "/swap", "revision": %d}, {"key": "/made", "exists": false}],
         "then": [{"put": {"key": "/swap", "value": "2"}}, {"put": {"key": "/made", "value": "x"}},
                  {"delete": {"key": "/nothing"}}],
         "else": [{"put": {"key": "/late", "value": "y"}}]}
        """
            .formatted(revision);

    var done = txn(swap, "X-Author", "ada", "X-Note", "swap");
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    assertThat(done.json().path("succeeded").asBoolean()).isTrue();
    assertThat(done.json().has("failed")).isFalse();
    JsonNode results = done.json().path("results");
    assertThat(results).hasSize(3);
    assertThat(results.path(0).path("op").textValue()).isEqualTo("put");
    assertThat(results.path(0).path("key").textValue()).isEqualTo("/swap");
    assertThat(results.path(0).path("revision").asLong()).isGreaterThan(revision);
    assertThat(results.path(2).path("op").textValue()).isEqualTo("delete");
    assertThat(results.path(2).path("unchanged").asBoolean()).isTrue();
    assertThat(done.json().path("position").asText()).isNotEmpty();
    assertThat(admin.get("/kv/made").json().path("author").textValue()).isEqualTo("ada");
    assertThat(admin.get("/kv/made").json().path("note").textValue()).isEqualTo("swap");

    var late = txn(swap);
    assertThat(late.status()).isEqualTo(200);
    assertThat(late.json().path("succeeded").asBoolean()).isFalse();
    assertThat(late.json().path("failed").findValuesAsText("key"))
        .containsExactlyInAnyOrder("/swap", "/made");
    assertThat(late.json().path("failed").findValuesAsText("revision"))
        .containsExactlyInAnyOrder(
            results.path(0).path("revision").asText(), results.path(1).path("revision").asText());
    assertThat(late.json().path("results").findValuesAsText("key")).containsExactly("/late");
    assertThat(schema.stored("/swap")).isEqualTo("2");
  }

  @Test
  void storesValuesAsAPutDoes() throws Exception {
    String route = "{ \"uri\": \"/\\u0067et\",\n\"upstream\": \"http://127.0.0.1:9380\" }";
    String upstream =
        "{ \"nodes\" :[ {\"weight\":\t20 , \"url\": \"http:\\/\\/127.0.0.1:9380\"}, {\"url\":\"http://a\"} ] }";
    var done =
        txn(
            """
            {"then": [{"put": {"key": "/routes/t", "value": %s}},
                      {"put": {"value": %s , "key": "/upstreams/t"}},
                      {"put": {"key": "\\/t\\u00e4\\"", "value": " a\\n\\"b\\" 😀 "}}]}
            """
                .formatted(route, upstream));
    assertThat(done.status()).as(done.text()).isEqualTo(200);
    admin.put("/routes/p", route);
    admin.put("/upstreams/p", upstream);
    assertThat(schema.stored("/routes/t")).isEqualTo(schema.stored("/routes/p"));
    assertThat(schema.stored("/upstreams/t")).isEqualTo(schema.stored("/upstreams/p"));
    assertThat(schema.stored("/tä\"")).isEqualTo(" a\n\"b\" 😀 ");
    var compared =
        txn(
            "{\"compare\":[{\"key\":\"/routes/t\",\"value\":%s},{\"key\":\"/upstreams/t\",\"value\":%s}]}"
                .formatted(route, upstream));
    assertThat(compared.json().path("succeeded").asBoolean()).as(compared.text()).isTrue();
    assertThat(compared.json().path("results")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "body; ``",
        "body; {",
        "body; []",
        "body; {} {}",
        "body; {\"then\":[],\"then\":[]}",
        "body; {\"then\":[{\"put\":{\"key\":\"/a\",\"key\":\"/b\",\"value\":\"x\"}}]}",
        "them; {\"them\":[]}",
        "then; {\"then\":{}}",
        "then[0]; {\"then\":[7]}",
        "then[0]; {\"then\":[{}]}",
        "then[0]; {\"then\":[{\"get\":{\"key\":\"/a\"}}]}",
        "then[0]; {\"then\":[{\"put\":{\"key\":\"/a\",\"value\":\"x\"},\"delete\":{\"key\":\"/b\"}}]}",
        "then[0].put; {\"then\":[{\"put\":\"/a\"}]}",
        "then[0].put; {\"then\":[{\"put\":{\"value\":\"x\"}}]}",
        "then[0].put; {\"then\":[{\"put\":{\"key\":7,\"value\":\"x\"}}]}",
        "then[0].put; {\"then\":[{\"put\":{\"key\":\"/a\"}}]}",
        "then[0].put.key; {\"then\":[{\"put\":{\"key\":\"/a/\",\"value\":\"x\"}}]}",
        "then[0].put.key; {\"then\":[{\"put\":{\"key\":\"/\\ud800\",\"value\":\"x\"}}]}",
        "then[0].put.value; {\"then\":[{\"put\":{\"key\":\"/a\",\"value\":{}}}]}",
        "then[0].put.value; {\"then\":[{\"put\":{\"key\":\"/a\",\"value\":\"a\\u0000b\"}}]}",
        "then[0].put.value; {\"then\":[{\"put\":{\"key\":\"/a\",\"value\":\"\\udc00\"}}]}",
        "then[0].put.val; {\"then\":[{\"put\":{\"key\":\"/a\",\"val\":\"x\"}}]}",
        "then[0].delete.value; {\"then\":[{\"delete\":{\"key\":\"/a\",\"value\":\"x\"}}]}",
        "then[1].delete.key; {\"then\":[{\"put\":{\"key\":\"/a\",\"value\":\"x\"}},{\"delete\":{\"key\":\"/a\"}}]}",
        "else[0].put.value; {\"else\":[{\"put\":{\"key\":\"/routes/a\",\"value\":\"x\"}}]}",
        "else[0].put.value.upstream; {\"else\":[{\"put\":{\"key\":\"/routes/a\",\"value\":{\"uri\":\"/a\"}}}]}",
        "compare[0]; {\"compare\":[{\"key\":\"/a\"}]}",
        "compare[0]; {\"compare\":[{\"exists\":true}]}",
        "compare[0]; {\"compare\":[{\"key\":\"/a\",\"exists\":true,\"revision\":1}]}",
        "compare[0].exists; {\"compare\":[{\"key\":\"/a\",\"exists\":1}]}",
        "compare[0].revision; {\"compare\":[{\"key\":\"/a\",\"revision\":-1}]}",
        "compare[0].revision; {\"compare\":[{\"key\":\"/a\",\"revision\":\"1\"}]}",
        "compare[0].version; {\"compare\":[{\"key\":\"/a\",\"version\":1}]}",
        "compare[0].value; {\"compare\":[{\"key\":\"/a\",\"value\":1}]}",
      })
  void refusesABadTransaction(String field, String body) throws Exception {
    long before = schema.rows();
    var answer = txn(body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("field").textValue()).as(answer.text()).isEqualTo(field);
    assertThat(schema.rows()).isEqualTo(before);
  }

  /** Most of them only compared, since that they can be written is tested in SQL. */
  @Test
  void takes5000KeysAndNotOneMore() {
    String compared =
        IntStream.range(0, 4900)
            .mapToObj(i -> "{\"key\":\"/many/" + i + "\",\"exists\":false}")
            .collect(Collectors.joining(",", "{\"compare\":[", "]"));
    var most = txn(compared + ",\"then\":[" + puts(100) + "]}");
    assertThat(most.status()).as(most.text()).isEqualTo(200);
    assertThat(most.json().path("results")).hasSize(100);
    var more = txn(compared + ",\"then\":[" + puts(101) + "]}");
    assertThat(more.status()).isEqualTo(400);
    assertThat(more.json().path("field").textValue()).isEqualTo("then[100].put");
  }

  private static String puts(int keys) {
    return IntStream.range(0, keys)
        .mapToObj(i -> "{\"put\":{\"key\":\"/more/" + i + "\",\"value\":\"v\"}}")
        .collect(Collectors.joining(","));
  }

  @Test
  void refusesAValueOverTheLimit() throws Exception {
    long before = schema.rows();
    var answer =
        txn(
            "{\"then\":[{\"put\":{\"key\":\"/long\",\"value\":\"%s\"}}]}"
                .formatted("x".repeat((1 << 20) + 1)));
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.json().path("field").textValue()).isEqualTo("then[0].put.value");
    assertThat(schema.rows()).isEqualTo(before);
  }

  /**
   * It locks the first key and waits for the second; another, who has the third, waits for the
   * first. When it gets the second and waits for the third, the ring is closed, and it is the one
   * who looks for rings.
   */
  @Test
  void isBegunAnewWhenTheDatabaseEndsItForADeadlock() throws Exception {
    schema.execute(
        """
        ALTER FUNCTION %s.txn(jsonb, text, text) SET lock_timeout = '20s' SET deadlock_timeout = '20ms'
        """);
    try (Connection second = begin();
        Connection third = begin();
        Statement holder = second.createStatement();
        Statement other = third.createStatement()) {
      List<String> ring = new ArrayList<>();
      try (ResultSet row =
          other.executeQuery(
              """
              SELECT k FROM unnest('{/ring/1,/ring/2,/ring/3}'::text[]) k
              ORDER BY hashtextextended(k, 9080)
              """)) {
        while (row.next()) {
          ring.add(row.getString(1));
        }
      }
      holder.execute("SELECT set('" + ring.get(1) + "', 'holder')");
      other.execute("SELECT set('" + ring.get(2) + "', 'other')");
      String body =
          ring.stream()
              .map(key -> "{\"put\":{\"key\":\"" + key + "\",\"value\":\"x\"}}")
              .collect(Collectors.joining(",", "{\"then\":[", "]}"));
      CompletableFuture<Admin.Answer> answer = CompletableFuture.supplyAsync(() -> txn(body));
      await().until(() -> waiting() == 1);
      CompletableFuture<Boolean> closing =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return other.execute("SELECT set('" + ring.get(0) + "', 'other')");
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
      await().until(() -> waiting() == 2);
      second.commit();
      closing.get();
      third.commit();
      assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(200);
      for (String key : ring) {
        assertThat(schema.stored(key)).isEqualTo("x");
      }
    }
  }

  /** A transaction that looks for no ring. */
  private static Connection begin() throws SQLException {
    Connection connection = schema.connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema.name());
      statement.execute("SET deadlock_timeout = '10min'");
    }
    connection.setAutoCommit(false);
    return connection;
  }

  private static long waiting() throws SQLException {
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event = 'advisory'
                """)) {
      row.next();
      return row.getLong(1);
    }
  }
}
