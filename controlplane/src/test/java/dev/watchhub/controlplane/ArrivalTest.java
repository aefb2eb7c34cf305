package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Writes that are answered when nodes have applied them, over real sockets and a real database. */
@Tag("slow")
class ArrivalTest {
  private static final String ROUTE = "{\"uri\":\"/a\",\"upstream\":\"http://a\"}";

  private static TestSchema schema;
  private static ScriptedHub hub;
  private static Admin admin;

  private String path;
  private Position before;
  private Position farAhead;

  @BeforeAll
  static void start() throws SQLException {
    schema = TestSchema.of(ArrivalTest.class);
    execute("UPDATE config_nodes_since SET began = now() - interval '1 hour'");
    hub = new ScriptedHub();
    admin = Admin.of(Admin.options(schema).withHubs(List.of(hub.uri())));
  }

  @BeforeEach
  void look(TestInfo test) throws SQLException {
    path = "/routes/" + test.getTestMethod().orElseThrow().getName();
    hub.says();
    hub.collectsFor(60_000);
    execute("DELETE FROM config_nodes");
    before = Position.parse(admin.get("/rollout").json().get("position").textValue()).orElseThrow();
    farAhead = before.at(new Lsn(Long.MAX_VALUE));
  }

  @AfterAll
  static void stop() {
    admin.close();
    hub.close();
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema.name());
      statement.execute(sql);
    }
  }

  private static List<String> texts(JsonNode array) {
    return IntStream.range(0, array.size()).mapToObj(i -> array.get(i).asText()).toList();
  }

  @Test
  void answersOnceAllNodesHaveAppliedTheWrite() {
    hub.says(ScriptedHub.node("h1", farAhead, false), ScriptedHub.node("h2", before, false));
    CompletableFuture<Admin.Answer> answer =
        CompletableFuture.supplyAsync(() -> admin.put(path + "?wait=applied:all,20s", ROUTE));
    int asked = hub.asked();
    await().until(() -> hub.asked() > asked + 2);
    assertThat(answer).isNotDone();

    hub.says(ScriptedHub.node("h1", farAhead, false), ScriptedHub.node("h2", farAhead, false));

    JsonNode json = answer.join().json();
    assertThat(answer.join().status()).isEqualTo(201);
    assertThat(json.get("revision").asLong()).isPositive();
    assertThat(texts(json.at("/arrival/applied"))).containsExactly("h1", "h2");
    assertThat(json.at("/arrival/waitingCount").asInt()).isZero();
    assertThat(json.at("/arrival/pending").isNull()).isTrue();
  }

  @Test
  void saysWhoHasNotWhenTheTimeIsOver() throws Exception {
    hub.says(ScriptedHub.node("h1", farAhead, false), ScriptedHub.node("h2", before, false));

    Admin.Answer answer = admin.put(path + "?wait=applied:all,200ms", ROUTE);

    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    assertThat(texts(answer.json().at("/arrival/applied"))).containsExactly("h1");
    assertThat(answer.json().at("/arrival/waiting/0/node").textValue()).isEqualTo("h2");
    assertThat(answer.json().at("/arrival/waiting/0/reason").textValue())
        .contains(before.toString());
    assertThat(admin.get(path).status()).isEqualTo(200);
    String position = answer.json().at("/position").textValue();
    assertThat(admin.get("/rollout?position=" + position).status()).isEqualTo(200);
  }

  @Test
  void answersOnceAsManyNodesAsAskedForHaveIt() {
    hub.says(ScriptedHub.node("h1", farAhead, false), ScriptedHub.node("h2", before, false));

    assertThat(admin.put(path + "?wait=applied:1", ROUTE).status()).isEqualTo(201);
    assertThat(admin.put(path + "?wait=applied:2,100ms", ROUTE).status()).isEqualTo(202);
    hub.says(ScriptedHub.node("h1", farAhead, false), ScriptedHub.node("h2", before, true));
    assertThat(admin.put(path + "?wait=applied:all,20s", ROUTE).status()).isEqualTo(200);
  }

  @Test
  void saysThatANodeHasRefusedTheWriteAndThatItStands() {
    hub.says(
        ScriptedHub.node(
            "h1",
            before,
            false,
            "[{\"key\":\"%s\",\"revision\":%d,\"reason\":\"no such port\"}]"
                .formatted(path, Long.MAX_VALUE)));

    Admin.Answer answer = admin.put(path + "?wait=applied:all,20s", ROUTE);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().get("detail").textValue())
        .contains("the write stands", "h1", "no such port");
    assertThat(answer.json().at("/refused/0/node").textValue()).isEqualTo("h1");
    assertThat(admin.get(path).revision())
        .isEqualTo(answer.json().get("written").get(path).asLong());
  }

  @Test
  void doesNotTakeARefusalOfAnEarlierRevisionForOneOfThis() {
    hub.says(
        ScriptedHub.node(
            "h1",
            farAhead,
            false,
            "[{\"key\":\"%s\",\"revision\":0,\"reason\":\"an older one\"}]".formatted(path)));

    assertThat(admin.put(path + "?wait=applied:all,20s", ROUTE).status()).isEqualTo(201);
  }

  @Test
  void countsANodeThatNamesNotAllItRefusesAsNotKnown() {
    hub.says(
        ScriptedHub.node("h1", farAhead, false)
            .replace("\"refusedCount\":0", "\"refusedCount\":101"));

    Admin.Answer answer = admin.put(path + "?wait=applied:all,100ms", ROUTE);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().at("/arrival/waiting/0/reason").textValue())
        .contains("refuses more values");
  }

  @Test
  void waitsForANodeThatFollowsTheDatabase() throws Exception {
    String report =
        """
        SELECT node_applied('n1', '1', now(), '/routes/',
          (SELECT DISTINCT token FROM changes_since('/routes/')), '[]', 0, false)
        """;
    execute(report);
    CompletableFuture<Admin.Answer> answer =
        CompletableFuture.supplyAsync(() -> admin.put(path + "?wait=applied:all,20s", ROUTE));
    await().until(() -> admin.get(path).status() == 200);
    int asked = hub.asked();
    await().until(() -> hub.asked() > asked + 1);
    assertThat(answer).isNotDone();

    execute(report);

    assertThat(answer.join().status()).isEqualTo(201);
    assertThat(texts(answer.join().json().at("/arrival/applied"))).containsExactly("n1");
  }

  @Test
  void waitsForADeletionToo() {
    admin.put(path, ROUTE);
    hub.says(ScriptedHub.node("h1", before, false));
    assertThat(admin.delete(path + "?wait=applied:all,100ms").status()).isEqualTo(202);

    admin.put(path, ROUTE);
    hub.says(ScriptedHub.node("h1", farAhead, false));
    assertThat(admin.delete(path + "?wait=applied:all,20s").status()).isEqualTo(200);
  }

  @Test
  void promisesNothingWhileAHubCannotBeAskedOrIsYoung() {
    try (Admin half =
        Admin.of(
            Admin.options(schema).withHubs(List.of(hub.uri(), URI.create("http://127.0.0.1:1"))))) {
      Admin.Answer answer = half.put(path + "?wait=applied:all,100ms", ROUTE);
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.json().at("/arrival/pending").textValue()).contains("127.0.0.1:1");
    }

    hub.collectsFor(10);
    Admin.Answer young = admin.put(path + "?wait=applied:all,100ms", ROUTE);
    assertThat(young.status()).isEqualTo(202);
    assertThat(young.json().at("/arrival/pending").textValue()).contains("taken reports");
  }

  @Test
  void answersInPlainTextToo() {
    hub.says(ScriptedHub.node("h1", before, false));
    Admin.Answer answer = admin.put("/kv/text?wait=applied:all,100ms", "x", "Accept", "text/plain");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text()).matches("rev=[0-9]+\n");
  }

  @Test
  void refusesAWaitThatIsNoneAndWritesNothing() throws Exception {
    long rows = schema.rows();
    Admin.Answer answer = admin.put(path + "?wait=applied:some,5s", ROUTE);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("field").textValue()).isEqualTo("wait");
    assertThat(schema.rows()).isEqualTo(rows);
  }

  @Test
  void answersOthersWhileMoreWritesWaitThanThereAreThreads() {
    hub.says(ScriptedHub.node("h1", before, false));
    ExecutorService clients = Executors.newFixedThreadPool(100);
    try {
      List<CompletableFuture<Admin.Answer>> answers =
          IntStream.range(0, 100)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> admin.put("/kv/many/" + i + "?wait=applied:all,20s", "x"), clients))
              .toList();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> admin.get("/kv?prefix=/many/").json().get("items").size() == 100);
      assertThat(answers).noneMatch(CompletableFuture::isDone);

      hub.says(ScriptedHub.node("h1", farAhead, false));

      assertThat(answers).allMatch(answer -> answer.join().status() == 201);
    } finally {
      clients.shutdownNow();
    }
  }
}
