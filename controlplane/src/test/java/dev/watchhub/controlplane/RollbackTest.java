package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Going back to how keys were. */
class RollbackTest {
  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(RollbackTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  private static Admin.Answer post(String path, String... headers) {
    return admin.send("POST", path, BodyPublishers.noBody(), headers);
  }

  @Test
  void takesAKeyBack() {
    long old = admin.put("/kv/a%20b/c", "old").revision();
    long latest = admin.put("/kv/a%20b/c", "new").revision();

    var told = post("/rollback/a%20b/c?rev=" + old + "&dryRun=true");
    assertThat(told.status()).as(told.text()).isEqualTo(200);
    assertThat(told.json().path("dryRun").asBoolean()).isTrue();
    assertThat(told.json().path("results").path(0).has("revision")).isFalse();
    assertThat(admin.get("/kv/a%20b/c").revision()).isEqualTo(latest);

    var back = post("/rollback/a%20b/c?rev=" + old, "X-Author", "ada", "X-Note", "oops");
    assertThat(back.status()).isEqualTo(200);
    var result = back.json().path("results").path(0);
    assertThat(result.path("op").textValue()).isEqualTo("put");
    assertThat(result.path("key").textValue()).isEqualTo("/a b/c");
    assertThat(result.path("from").asLong()).isEqualTo(latest);
    assertThat(result.path("to").asLong()).isEqualTo(old);
    assertThat(result.path("revision").asLong()).isGreaterThan(latest);
    assertThat(back.json().path("position").asText()).isNotEmpty();
    var read = admin.get("/kv/a%20b/c").json();
    assertThat(read.path("value").textValue()).isEqualTo("old");
    assertThat(read.path("author").textValue()).isEqualTo("ada");
    assertThat(read.path("note").textValue()).isEqualTo("oops");

    assertThat(post("/rollback/a%20b/c?rev=" + old).json().path("results")).isEmpty();
  }

  @Test
  void takesAPrefixBack() {
    admin.put("/kv/tree/a", "1");
    long then = admin.put("/kv/tree/b", "1").revision();
    admin.put("/kv/tree/a", "2");
    admin.delete("/kv/tree/b");
    admin.put("/kv/tree/c", "2");
    admin.put("/kv/treehouse", "2");
    var back = post("/rollback?prefix=/tree/&rev=" + then);
    assertThat(back.status()).as(back.text()).isEqualTo(200);
    assertThat(back.json().path("results").findValuesAsText("op"))
        .containsExactly("put", "put", "delete");
    assertThat(admin.get("/kv?prefix=/tree/").json().path("items").findValuesAsText("value"))
        .containsExactly("1", "1");
    assertThat(admin.get("/kv/treehouse").status()).isEqualTo(200);
  }

  @Test
  void saysHowFarItCanGo() {
    long old = admin.put("/kv/past", "1").revision();
    long latest = admin.put("/kv/past", "2").revision();
    var future = post("/rollback/past?rev=" + (latest + 1000));
    assertThat(future.status()).isEqualTo(404);
    assertThat(future.json().path("newest").asLong()).isGreaterThanOrEqualTo(latest);
    post("/compact?latest=true");
    var gone = post("/rollback/past?rev=" + old);
    assertThat(gone.status()).isEqualTo(410);
    assertThat(gone.json().path("oldest").asLong()).isEqualTo(latest);
    assertThat(post("/rollback?prefix=/past&rev=" + old).status()).isEqualTo(410);
    assertThat(admin.get("/kv/past").revision()).isEqualTo(latest);
  }

  @ParameterizedTest
  @CsvSource({
    "/rollback/a, rev",
    "/rollback/a?rev=0, rev",
    "/rollback/a?rev=x, rev",
    "/rollback/a?rev=1&dryRun=yes, dryRun",
    "/rollback/a?rev=1&prefix=/, prefix",
    "/rollback/a/?rev=1, key",
    "/rollback?rev=1, prefix",
    "/rollback?prefix=/, rev",
    "/rollback?prefix=a&rev=1, prefix",
    "/rollback?prefix=/%00&rev=1, prefix",
  })
  void refusesABadRequest(String path, String field) throws Exception {
    long before = schema.rows();
    var answer = post(path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().path("field").textValue()).isEqualTo(field);
    assertThat(schema.rows()).isEqualTo(before);
  }
}
