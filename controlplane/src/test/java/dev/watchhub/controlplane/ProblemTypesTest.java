package dev.watchhub.controlplane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.Position;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of error has a type that clients may rely on, and a row in the documentation. */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProblemTypesTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(/problems/[a-z-]+)` \\| (\\d{3}) ");
  private static final Set<String> SEEN = new ConcurrentSkipListSet<>();

  /** Types that need a fault to be seen; other tests of this module bring them about. */
  private static final Set<String> OF_FAULTS =
      Set.of(
          "/problems/database-away", // DatabaseAwayTest
          "/problems/outcome-unknown", // DatabaseAwayTest
          "/problems/compaction-runs", // MaintenanceTest
          "/problems/rejected", // what the control plane lets through and PostgreSQL does not
          "/problems/too-many-waiting",
          "/problems/server-error");

  private static TestSchema schema;
  private static ScriptedHub hub;
  private static Admin admin;

  @BeforeAll
  static void start() throws SQLException {
    schema = TestSchema.of(ProblemTypesTest.class);
    hub = new ScriptedHub();
    admin = Admin.of(Admin.options(schema).withHubs(List.of(hub.uri())));
    admin.put("/kv/compacted", "1");
    admin.put("/kv/compacted", "2");
    admin.send("POST", "/compact?latest=true", BodyPublishers.noBody());
  }

  @AfterAll
  static void stop() {
    admin.close();
    hub.close();
  }

  private static void assertProblem(Admin.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("type").textValue()).isEqualTo("/problems/" + type);
    assertThat(answer.json().path("title").textValue()).isNotBlank();
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    assertThat(answer.json().path("detail").textValue()).isNotBlank();
    SEEN.add("/problems/" + type);
  }

  @Order(1)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "PUT    | /routes/a                   | {}                     | 400 | invalid-value",
        "PUT    | /routes/a                   | not JSON               | 400 | bad-field",
        "PUT    | /routes/a//b                | {}                     | 400 | bad-field",
        "PUT    | /kv/a?wait=x                | x                      | 400 | bad-field",
        "GET    | /routes?limit=0             | ``                     | 400 | bad-field",
        "PUT    | /routes/a                   | {'uri':'/','upstream':{'ref':'b'}} | 409 | dangling-reference",
        "GET    | /kv/nowhere                 | ``                     | 404 | no-such-key",
        "DELETE | /kv/nowhere                 | ``                     | 404 | no-such-key",
        "GET    | /kv/nowhere?rev=999999999   | ``                     | 404 | future-revision",
        "GET    | /history/nowhere            | ``                     | 404 | no-such-key",
        "GET    | /kv?at=1-1-1:1:             | ``                     | 410 | page-expired",
        "POST   | /txn                        | {}}                    | 400 | bad-field",
        "GET    | /nowhere                    | ``                     | 404 | not-found",
        "POST   | /routes/a                   | {}                     | 405 | method-not-allowed",
        "GET    | /kv/compacted?rev=1         | ``                     | 410 | compacted"
      })
  void aRefusedRequestHasAType(String method, String path, String body, int status, String type) {
    assertProblem(
        admin.send(method, path, BodyPublishers.ofString(body.replace('\'', '"'))), status, type);
  }

  @Order(1)
  @Test
  void aRequestThatIsMalformedHasAType() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
      socket
          .getOutputStream()
          .write("GET /kv HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 400")
          .contains("application/problem+json", "\"type\":\"/problems/bad-request\"");
    }
    SEEN.add("/problems/bad-request");
  }

  @Order(1)
  @Test
  void aConditionThatDoesNotHoldHasAType() {
    assertProblem(
        admin.put("/kv/compacted", "x", "If-None-Match", "*"), 412, "precondition-failed");
  }

  @Order(1)
  @Test
  void aValueInATransactionKeepsTheTypeOfItsFault() {
    assertProblem(
        admin.send(
            "POST",
            "/txn",
            BodyPublishers.ofString("{\"then\":[{\"put\":{\"key\":\"/routes/a\",\"value\":{}}}]}")),
        400,
        "invalid-value");
  }

  @Order(1)
  @Test
  void aDeletionOfWhatIsReferredToHasAType() {
    admin.put("/upstreams/referred/to", "{\"nodes\":[{\"url\":\"http://a\"}]}");
    admin.put("/routes/r", "{\"uri\":\"/\",\"upstream\":{\"ref\":\"referred/to\"}}");
    assertProblem(admin.delete("/upstreams/referred/to"), 409, "referred-to");
  }

  @Order(1)
  @Test
  void aBodyThatCannotBeTakenHasAType() {
    byte[] tooLong = "x".repeat((1 << 20) + 1).getBytes(UTF_8);
    assertProblem(
        admin.send("PUT", "/kv/a", BodyPublishers.ofByteArray(tooLong)), 413, "payload-too-large");
    assertProblem(
        admin.put("/kv/a", "x", "Content-Encoding", "gzip"), 415, "unsupported-media-type");
  }

  @Order(1)
  @Test
  void aWriteThatANodeRefusesHasAType() {
    String text = admin.get("/rollout").json().get("position").textValue();
    hub.says(
        ScriptedHub.node(
            "h1",
            Position.parse(text).orElseThrow(),
            false,
            "[{\"key\":\"/refused\",\"revision\":%d,\"reason\":\"no\"}]"
                .formatted(Long.MAX_VALUE)));
    assertProblem(admin.put("/kv/refused?wait=applied:all,20s", "x"), 409, "refused-by-node");
    hub.says();
  }

  @Order(1)
  @Test
  void aKeyThatIsLockedHasAType() throws Exception {
    try (Connection other = schema.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SET search_path = " + schema.name());
      statement.execute("SELECT set('/locked', 'theirs')");
      Admin.Answer answer = admin.put("/kv/locked", "ours");
      assertProblem(answer, 503, "busy");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      other.rollback();
    }
  }

  @Order(2)
  @Test
  void theDocumentationHasARowForEachTypeAndNoOther() throws IOException {
    Matcher row = ROW.matcher(Files.readString(Path.of("../docs/api.md")));
    Set<String> documented = new TreeSet<>();
    while (row.find()) {
      documented.add(row.group(1));
    }
    assertThat(documented).containsAll(SEEN).containsAll(OF_FAULTS);
    Set<String> unseen = new TreeSet<>(documented);
    unseen.removeAll(SEEN);
    unseen.removeAll(OF_FAULTS);
    assertThat(unseen).as("types in the documentation that nothing answers").isEmpty();
    assertThat(documented).allMatch(type -> URI.create(type).getPath().equals(type));
  }
}
