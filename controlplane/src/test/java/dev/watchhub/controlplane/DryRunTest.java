package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Writes that are tried and not done. */
class DryRunTest {
  private static final String ROUTE = "{\"uri\":\"/a\",\"upstream\":\"http://a\"}";

  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(DryRunTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  private static void assertWould(Admin.Answer answer, String would) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().get("dryRun").asBoolean()).isTrue();
    assertThat(answer.json().get("would").textValue()).isEqualTo(would);
    assertThat(answer.json().has("revision")).isFalse();
    assertThat(answer.header("ETag")).isEmpty();
  }

  @Test
  void saysWhatAWriteWouldDoAndWritesNothing() throws Exception {
    admin.put("/routes/there", ROUTE);
    long rows = schema.rows();

    assertWould(admin.put("/routes/a?dryRun=true", ROUTE), "create");
    assertWould(admin.put("/routes/there?dryRun=true", ROUTE.replace("/a", "/b")), "change");
    assertWould(admin.put("/routes/there?dryRun=true", ROUTE), "leave");
    assertWould(admin.delete("/routes/there?dryRun=true"), "delete");

    assertThat(schema.rows()).isEqualTo(rows);
    assertThat(admin.get("/routes/a").status()).isEqualTo(404);
    assertThat(admin.put("/routes/there", ROUTE).json().path("unchanged").asBoolean()).isTrue();
  }

  @Test
  void refusesWhatTheWriteWouldBeRefusedFor() throws Exception {
    admin.put("/kv/there", "x");
    long rows = schema.rows();

    assertThat(admin.put("/routes/a?dryRun=true", "{}").status()).isEqualTo(400);
    assertThat(admin.put("/kv/there?dryRun=true", "y", "If-None-Match", "*").status())
        .isEqualTo(412);
    assertThat(admin.put("/kv/there?dryRun=true", "y", "If-Match", "\"1234567\"").status())
        .isEqualTo(412);
    assertThat(admin.delete("/kv/nowhere?dryRun=true").status()).isEqualTo(404);
    assertThat(admin.put("/kv/a?dryRun=yes", "x").json().get("field").textValue())
        .isEqualTo("dryRun");
    assertThat(admin.put("/kv/a?dryRun=true&wait=applied:all", "x").json().get("field").textValue())
        .isEqualTo("wait");

    assertThat(schema.rows()).isEqualTo(rows);
  }
}
