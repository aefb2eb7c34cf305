package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.controlplane.typed.SchemaDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collections that a user adds, and answers that list what is wrong with a value. */
class SchemasTest {
  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("flags.json"),
        """
        {"type":"object","required":["on"],"properties":{
          "on":{"type":"boolean","description":"true or false"},"share":{"type":"number"}}}
        """);
    schema = TestSchema.of(SchemasTest.class);
    admin = Admin.of(Admin.options(schema).withMoreTypes(SchemaDirectory.read(directory)));
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @Test
  void keepsTheValuesOfAnAddedCollectionAsTheyWereWritten() throws Exception {
    String flag = "{\"share\":1.50,\"on\":true,\"n\":1e400,\"s\":\"\\u00e9\"}";
    assertThat(admin.put("/flags/new-page", flag.replace(",", " ,\n")).status()).isEqualTo(201);
    assertThat(schema.stored("/flags/new-page")).isEqualTo(flag);
    assertThat(admin.get("/flags/new-page").text()).contains("\"value\":" + flag + "}");
    assertThat(admin.get("/flags").json().get("items")).hasSize(1);
  }

  @Test
  void refusesWhatTheSchemaDoesNotTakeAndWritesNothing() throws Exception {
    long rows = schema.rows();
    Admin.Answer answer = admin.put("/flags/a", "{\"on\":\"yes\",\"share\":\"half\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    JsonNode json = answer.json();
    assertThat(json.get("detail").textValue())
        .isEqualTo("'on' is 'yes'; expected true or false, and 1 more in 'errors'");
    assertThat(json.get("field").textValue()).isEqualTo("on");
    assertThat(json.get("errors")).hasSize(2);
    assertThat(json.at("/errors/0/pointer").textValue()).isEqualTo("/on");
    assertThat(json.at("/errors/1/pointer").textValue()).isEqualTo("/share");
    assertThat(schema.rows()).isEqualTo(rows);
  }

  @Test
  void pointsAtEachFieldOfARouteThatIsWrong() {
    Admin.Answer answer =
        admin.put(
            "/routes/a",
            "{\"uri\":\"a\",\"upstream\":[{\"url\":\"http://a\",\"weight\":0}],\"hosts\":1}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/uri", "/upstream/0/weight", "/hosts");
  }

  @Test
  void listsNoMoreFaultsThanAnAnswerShouldHold() {
    String many = "{\"url\":1},".repeat(99) + "{\"url\":1}";
    Admin.Answer answer = admin.put("/upstreams/a", "{\"nodes\":[" + many + "]}");

    assertThat(answer.json().get("errors")).hasSize(20);
    assertThat(answer.json().get("detail").textValue()).contains("99 more");
  }
}
