package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.controlplane.api.ValueEncoding;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Routes that name upstreams: none is written without it, and none is deleted that is named. */
class ReferencesTest {
  private static final String UPSTREAM = "{\"nodes\":[{\"url\":\"http://a\"}]}";

  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(ReferencesTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    schema.execute("TRUNCATE %s.config");
  }

  private static String route(String upstream) {
    return "{\"uri\":\"/x\",\"upstream\":{\"ref\":\"" + upstream + "\"}}";
  }

  private static long put(String path, String value) {
    Admin.Answer answer = admin.put(path, value);
    assertThat(answer.status()).as(path + ": " + answer.text()).isIn(200, 201);
    return answer.revision();
  }

  private static Admin.Answer post(String path) {
    return admin.send("POST", path, BodyPublishers.noBody());
  }

  private static Admin.Answer txn(String... writes) {
    return admin.send(
        "POST", "/txn", BodyPublishers.ofString("{\"then\":[" + String.join(",", writes) + "]}"));
  }

  private static String putting(String key, String value) {
    return "{\"put\":{\"key\":\"%s\",\"value\":%s}}".formatted(key, value);
  }

  private static String deleting(String key) {
    return "{\"delete\":{\"key\":\"" + key + "\"}}";
  }

  /** Refuses what {@code call} asks for, names {@code keys}, and writes nothing. */
  private static void assertRefused(String type, List<String> keys, Call call) throws SQLException {
    long rows = schema.rows();
    Admin.Answer answer = call.answer();
    assertThat(answer.status()).as(answer.text()).isEqualTo(409);
    assertThat(answer.json().path("type").textValue()).isEqualTo("/problems/" + type);
    assertThat(answer.json().path("errors").findValuesAsText("key")).isEqualTo(keys);
    assertThat(answer.json().path("detail").textValue()).contains("'" + keys.get(0) + "'");
    assertThat(schema.rows()).isEqualTo(rows);
  }

  private static void assertDone(Admin.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isIn(200, 201);
  }

  private interface Call {
    Admin.Answer answer();
  }

  private static void assertDangling(Call call, String... keys) throws SQLException {
    assertRefused("dangling-reference", List.of(keys), call);
  }

  private static void assertReferredTo(Call call, String... keys) throws SQLException {
    assertRefused("referred-to", List.of(keys), call);
  }

  @Test
  void aRouteIsNotWrittenWithoutItsUpstream() throws Exception {
    assertDangling(() -> admin.put("/routes/x", route("pool/a")), "/routes/x");
    assertDangling(() -> admin.put("/routes/x?dryRun=true", route("pool/a")), "/routes/x");
    assertThat(admin.put("/routes/x", route("pool/a")).text())
        .isEqualTo(
            "{\"type\":\"/problems/dangling-reference\",\"title\":\"Conflict\",\"status\":409,"
                + "\"detail\":\"'/routes/x' refers to '/upstreams/pool/a', which is not there\","
                + "\"errors\":[{\"key\":\"/routes/x\",\"pointer\":\"/upstream/ref\",\"detail\":"
                + "\"'/routes/x' refers to '/upstreams/pool/a', which is not there\"}]}\n");

    put("/upstreams/pool/a", UPSTREAM);
    assertDone(admin.put("/routes/x?dryRun=true", route("pool/a")));
    put("/routes/x", route("pool/a"));
    assertDangling(() -> admin.put("/routes/x", route("pool")), "/routes/x");
    assertDangling(() -> admin.put("/routes/x", route("pool/a/b")), "/routes/x");

    put("/upstreams/b", UPSTREAM);
    assertDone(admin.delete("/upstreams/b"));
    assertDangling(() -> admin.put("/routes/y", route("b")), "/routes/y");
  }

  @Test
  void anUpstreamIsNotDeletedWhileALiveRouteRefersToIt() throws Exception {
    put("/upstreams/a", UPSTREAM);
    put("/upstreams/b", UPSTREAM);
    put("/routes/x", route("a"));
    put("/routes/y/z", route("a"));

    assertReferredTo(() -> admin.delete("/upstreams/a"), "/routes/x", "/routes/y/z");
    assertReferredTo(() -> admin.delete("/upstreams/a?dryRun=true"), "/routes/x", "/routes/y/z");
    assertThat(admin.delete("/upstreams/a").json().path("detail").textValue())
        .isEqualTo(
            "'/routes/x' refers to '/upstreams/a', which was to be deleted, and 1 more in 'errors'");
    assertDone(admin.delete("/upstreams/b?dryRun=true"));
    assertDone(admin.put("/upstreams/a", UPSTREAM.replace("http", "https")));

    assertDone(admin.delete("/routes/x"));
    assertReferredTo(() -> admin.delete("/upstreams/a"), "/routes/y/z");
    put("/routes/y/z", route("b"));
    assertDone(admin.delete("/upstreams/a?dryRun=true"));
    assertDone(admin.delete("/upstreams/a"));
    assertThat(admin.delete("/upstreams/a").status()).isEqualTo(404);
  }

  @Test
  void anErrorListsSomeOfManyRoutes() throws Exception {
    put("/upstreams/a", UPSTREAM);
    List<String> first = new ArrayList<>();
    for (int i : IntStream.range(10, 40).toArray()) {
      put("/routes/" + i, route("a"));
      first.add("/routes/" + i);
    }
    assertReferredTo(
        () -> admin.delete("/upstreams/a"), first.subList(0, 20).toArray(String[]::new));
    assertThat(admin.delete("/upstreams/a").json().path("detail").textValue())
        .endsWith(", and 19 more in 'errors', which does not list all");
  }

  @Test
  void aConditionIsLookedAtFirst() throws Exception {
    put("/routes/x", "{\"uri\":\"/x\",\"upstream\":\"http://a\"}");
    assertThat(admin.put("/routes/x", route("none"), "If-None-Match", "*").status()).isEqualTo(412);
    put("/upstreams/a", UPSTREAM);
    put("/routes/x", route("a"));
    assertThat(admin.delete("/upstreams/a", "If-Match", "\"1234567\"").status()).isEqualTo(412);
    assertThat(admin.delete("/upstreams/none").status()).isEqualTo(404);
  }

  @Test
  void ofATransactionCountsWhatIsThereAfterAllOfIt() throws Exception {
    assertDangling(() -> txn(putting("/routes/x", route("a"))), "/routes/x");
    assertDone(txn(putting("/routes/x", route("a")), putting("/upstreams/a", UPSTREAM)));
    assertDone(txn(putting("/upstreams/b", UPSTREAM), putting("/routes/y", route("b"))));

    assertReferredTo(() -> txn(deleting("/upstreams/a")), "/routes/x");
    assertReferredTo(
        () -> txn(deleting("/routes/x"), deleting("/upstreams/a"), deleting("/upstreams/b")),
        "/routes/y");
    assertDangling(
        () -> txn(deleting("/upstreams/a"), putting("/routes/z", route("a"))), "/routes/z");
    assertDangling(
        () -> txn(deleting("/upstreams/a"), putting("/routes/x", route("a"))), "/routes/x");
    assertDone(txn(deleting("/upstreams/a"), putting("/routes/x", route("b"))));
    assertDone(
        txn(
            deleting("/upstreams/b"),
            deleting("/routes/x"),
            deleting("/routes/y"),
            deleting("/a")));
    assertThat(admin.get("/kv").json().path("items")).isEmpty();
  }

  @Test
  void ofATransactionCountsTheBranchThatIsWritten() throws Exception {
    String request =
        """
        {"compare":[{"key":"/there","exists":%s}],
         "then":[{"put":{"key":"/routes/x","value":%s}}],
         "else":[{"put":{"key":"/done","value":"x"}}]}
        """;
    String taken = request.formatted(true, route("none"));
    assertDone(admin.send("POST", "/txn", BodyPublishers.ofString(taken)));
    assertThat(admin.get("/kv/done").status()).isEqualTo(200);
    assertDangling(
        () ->
            admin.send(
                "POST", "/txn", BodyPublishers.ofString(request.formatted(false, route("none")))),
        "/routes/x");
  }

  @Test
  void aRouteIsNotTakenBackToAnUpstreamThatIsGone() throws Exception {
    put("/upstreams/a", UPSTREAM);
    long with = put("/routes/x", route("a"));
    assertDone(admin.delete("/routes/x"));
    assertDone(admin.delete("/upstreams/a"));

    for (String how : List.of("", "&dryRun=true")) {
      assertDangling(() -> post("/rollback/routes/x?rev=" + with + how), "/routes/x");
      assertDangling(() -> post("/rollback?prefix=/routes/&rev=" + with + how), "/routes/x");
    }
    assertDone(post("/rollback?prefix=/&dryRun=true&rev=" + with));
    assertDone(post("/rollback?prefix=/&rev=" + with));
    assertThat(admin.get("/routes").json().path("items").findValuesAsText("ref"))
        .containsExactly("a");
  }

  @Test
  void anUpstreamIsNotTakenBackToBeforeItWasThereWhileItIsReferredTo() throws Exception {
    long before = put("/kv/before", "x");
    put("/upstreams/a", UPSTREAM);
    put("/routes/x", route("a"));

    for (String how : List.of("", "&dryRun=true")) {
      assertReferredTo(() -> post("/rollback/upstreams/a?rev=" + before + how), "/routes/x");
      assertReferredTo(() -> post("/rollback?prefix=/up&rev=" + before + how), "/routes/x");
    }
    assertDone(post("/rollback?prefix=/&dryRun=true&rev=" + before));
    assertDone(post("/rollback?prefix=/&rev=" + before));
    assertThat(admin.get("/kv").json().path("items").findValuesAsText("key"))
        .containsExactly("/before");
  }

  @Test
  void whatIsStoredAsBase64RefersToo() throws Exception {
    try (Admin base64 = Admin.of(schema, ValueEncoding.BASE64, 1 << 20)) {
      assertDangling(() -> base64.put("/routes/x", route("a")), "/routes/x");
      assertDone(base64.put("/upstreams/a", UPSTREAM));
      assertDone(base64.put("/routes/x", route("a")));
      assertThat(schema.stored("/routes/x")).startsWith("eyJ");
      assertReferredTo(() -> base64.delete("/upstreams/a"), "/routes/x");
      assertReferredTo(() -> admin.delete("/upstreams/a"), "/routes/x");
      assertDangling(
          () ->
              base64.send(
                  "POST",
                  "/txn",
                  BodyPublishers.ofString("{\"then\":[" + putting("/routes/y", route("b")) + "]}")),
          "/routes/y");
    }
  }

  @Test
  void aReferenceMayBeWrittenWithEscapes() throws Exception {
    String route = "{\"uri\":\"/x\",\"\\u0075pstream\":{\"r\\u0065f\":\"p\\/\\u00e4\"}}";
    assertDangling(() -> admin.put("/routes/x", route), "/routes/x");
    put("/upstreams/p/%C3%A4", UPSTREAM);
    put("/routes/x", route);
    assertReferredTo(() -> admin.delete("/upstreams/p/%C3%A4"), "/routes/x");
  }

  @Test
  void kvAndSqlCheckNothing() throws Exception {
    schema.put("/routes/x", route("a"));
    put("/kv/routes/y", route("a"));
    put("/kv/upstreams/a", "anything");
    assertReferredTo(() -> admin.delete("/upstreams/a"), "/routes/x", "/routes/y");
    put("/routes/y", route("a"));
    assertDone(admin.delete("/kv/upstreams/a"));
    assertDangling(() -> admin.put("/routes/y", route("a")), "/routes/y");
    put("/kv/routes/y", route("a"));
  }

  /** The live routes that refer to nothing, all read at one moment. */
  private static List<String> dangling(Statement statement) throws SQLException {
    List<String> keys = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            """
            WITH live AS (
              SELECT * FROM (
                SELECT DISTINCT ON (key) * FROM config ORDER BY key, revision DESC) c
              WHERE NOT tombstone
            )
            SELECT r.key FROM live r
            WHERE r.value::jsonb #>> '{upstream,ref}' IS NOT NULL AND NOT EXISTS (
              SELECT FROM live u
              WHERE u.key = '/upstreams/' || (r.value::jsonb #>> '{upstream,ref}'))
            """)) {
      while (row.next()) {
        keys.add(row.getString(1));
      }
    }
    return keys;
  }

  @Tag("slow")
  @Test
  void noRouteDanglesWhateverIsWrittenAtTheSameTime() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema.name());
      long begin = put("/upstreams/0", UPSTREAM);
      List<Future<Set<Integer>>> writers = new ArrayList<>();
      for (int seed = 0; seed < 6; seed++) {
        Random random = new Random(seed);
        writers.add(threads.submit(() -> write(random, begin)));
      }
      while (!writers.stream().allMatch(Future::isDone)) {
        assertThat(dangling(statement)).isEmpty();
      }
      Set<Integer> statuses = new TreeSet<>();
      for (Future<Set<Integer>> writer : writers) {
        statuses.addAll(writer.get());
      }
      assertThat(dangling(statement)).isEmpty();
      assertThat(statuses).contains(200, 201, 409).isSubsetOf(200, 201, 404, 409, 503);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Set<Integer> write(Random random, long begin) {
    Set<Integer> statuses = new TreeSet<>();
    long seen = begin;
    for (int i = 0; i < 200; i++) {
      String name = String.valueOf(random.nextInt(3));
      String route = "/routes/" + random.nextInt(4);
      String upstream = "/upstreams/" + name;
      Admin.Answer answer =
          switch (random.nextInt(9)) {
            case 0, 1 -> admin.put(route, route(name));
            case 2 -> admin.put(upstream, UPSTREAM);
            case 3, 4 -> admin.delete(upstream);
            case 5 -> admin.delete(route);
            case 6 -> txn(putting(route, route(name)), putting(upstream, UPSTREAM));
            case 7 -> txn(deleting(upstream), deleting(route));
            default ->
                random.nextBoolean()
                    ? post("/rollback" + route + "?rev=" + seen)
                    : post("/rollback?prefix=/upstreams/&rev=" + seen);
          };
      statuses.add(answer.status());
      JsonNode json = answer.json();
      if (json.has("revision") && random.nextInt(4) == 0) {
        seen = json.get("revision").asLong();
      }
    }
    return statuses;
  }
}
