package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.Position;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes on a condition, and what a write answers. */
class PreconditionTest {
  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(PreconditionTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @Test
  void writesOnlyWhatTheWriterHadRead() {
    var created = admin.put("/kv/cas", "1");
    assertThat(created.header("ETag")).isEqualTo("\"" + created.revision() + "\"");

    var changed = admin.put("/kv/cas", "2", "If-Match", created.header("ETag"));
    assertThat(changed.status()).isEqualTo(200);

    var late = admin.put("/kv/cas", "3", "If-Match", created.header("ETag"));
    assertThat(late.status()).isEqualTo(412);
    assertThat(late.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(late.json().path("field").textValue()).isEqualTo("If-Match");
    assertThat(late.json().path("key").textValue()).isEqualTo("/cas");
    assertThat(late.revision()).isEqualTo(changed.revision());
    assertThat(admin.get("/kv/cas").json().path("value").textValue()).isEqualTo("2");

    var lateDelete = admin.delete("/kv/cas", "If-Match", created.header("ETag"));
    assertThat(lateDelete.status()).isEqualTo(412);
    assertThat(lateDelete.revision()).isEqualTo(changed.revision());
    var deleted = admin.delete("/kv/cas", "If-Match", changed.header("ETag"));
    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.header("ETag")).isEmpty();
  }

  @Test
  void createsOnlyWhatIsNotThere() {
    assertThat(admin.put("/kv/new", "1", "If-None-Match", "*").status()).isEqualTo(201);
    var again = admin.put("/kv/new", "1", "If-None-Match", "*");
    assertThat(again.status()).isEqualTo(412);
    assertThat(again.json().path("field").textValue()).isEqualTo("If-None-Match");
    admin.delete("/kv/new");
    assertThat(admin.put("/kv/new", "1", "If-None-Match", "*").status()).isEqualTo(201);
  }

  @Test
  void changesOnlyWhatIsThere() {
    var absent = admin.put("/kv/star", "1", "If-Match", "*");
    assertThat(absent.status()).isEqualTo(412);
    assertThat(absent.json().has("revision")).isFalse();
    assertThat(admin.delete("/kv/star", "If-Match", "*").status()).isEqualTo(412);
    assertThat(admin.delete("/kv/star", "If-None-Match", "*").status()).isEqualTo(404);
    admin.put("/kv/star", "1");
    assertThat(admin.put("/kv/star", "2", "If-Match", "*").status()).isEqualTo(200);
    assertThat(admin.delete("/kv/star", "If-None-Match", "*").status()).isEqualTo(412);
    assertThat(admin.delete("/kv/star", "If-Match", "*").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "If-Match; 12",
        "If-Match; \"0\"",
        "If-Match; \"x\"",
        "If-Match; W/\"12\"",
        "If-Match; \"1\", \"2\"",
        "If-Match; \"1234567890123456789\"",
        "If-Match; ``",
        "If-None-Match; \"12\"",
        "If-None-Match; ``",
      })
  void refusesAMalformedCondition(String header, String value) throws Exception {
    long before = schema.rows();
    for (String method : new String[] {"PUT", "DELETE"}) {
      var answer = admin.send(method, "/kv/m", body("x"), header, value);
      assertThat(answer.status()).as(answer.text()).isEqualTo(400);
      assertThat(answer.json().path("field").textValue()).isEqualTo(header);
    }
    assertThat(schema.rows()).isEqualTo(before);
  }

  @Test
  void refusesTwoConditions() {
    for (String[] two :
        new String[][] {
          {"If-Match", "*", "If-None-Match", "*"}, {"If-Match", "\"1\"", "If-Match", "\"2\""}
        }) {
      assertThat(admin.put("/kv/m", "x", two).status()).isEqualTo(400);
    }
  }

  @Test
  void makesNoRevisionOfAValueThatIsThereWhoeverSendsIt() throws Exception {
    String route = "{\"uri\":\"/get\",\"upstream\":\"http://127.0.0.1:9380\"}";
    var first = admin.put("/routes/same", route, "X-Author", "ada");
    long rows = schema.rows();
    var again = admin.put("/routes/same", route.replace(":\"/", " : \"/"), "X-Author", "bob");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("unchanged").asBoolean()).isTrue();
    assertThat(again.revision()).isEqualTo(first.revision());
    assertThat(again.json().path("createTime")).isEqualTo(first.json().path("createTime"));
    assertThat(first.json().has("unchanged")).isFalse();
    assertThat(schema.rows()).isEqualTo(rows);
    assertThat(admin.put("/routes/same", route, "Accept", "text/plain").text())
        .isEqualTo("rev=" + first.revision() + "\n");
  }

  @Test
  void saysAPlaceInTheLogBehindTheCommit() throws Exception {
    Position before = end();
    Position put = position(admin.put("/kv/place", "1"));
    Position between = end();
    Position unchanged = position(admin.put("/kv/place", "1"));
    Position deleted = position(admin.delete("/kv/place"));
    assertThat(put.cluster()).isEqualTo(before.cluster());
    assertThat(put.timeline()).isEqualTo(before.timeline());
    assertThat(put.lsn()).isGreaterThan(before.lsn()).isLessThanOrEqualTo(between.lsn());
    assertThat(unchanged.lsn()).isGreaterThanOrEqualTo(put.lsn());
    assertThat(deleted.lsn()).isGreaterThan(unchanged.lsn());
  }

  @Test
  void leavesNoTransactionOpenWhereTheDatabaseRefuses() throws Exception {
    schema.execute("ALTER TABLE %s.config ADD CHECK (value <> 'forbidden')");
    for (int i = 0; i < 20; i++) {
      assertThat(admin.put("/kv/refused", "forbidden").status()).isEqualTo(400);
      assertThat(admin.put("/kv/taken" + i, "x").status()).isEqualTo(201);
    }
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE application_name = 'watchhub-controlplane' AND state LIKE 'idle in%'
                """)) {
      row.next();
      assertThat(row.getLong(1)).isZero();
    }
  }

  private static BodyPublisher body(String text) {
    return BodyPublishers.ofString(text);
  }

  private static Position position(Admin.Answer answer) {
    return Position.parse(answer.json().path("position").asText()).orElseThrow();
  }

  private static Position end() {
    return Position.parse(admin.get("/rollout").json().path("position").asText()).orElseThrow();
  }
}
