package dev.watchhub.controlplane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.controlplane.api.ValueEncoding;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the table and what is answered for it. */
class StoredValuesTest {
  private static final String ROUTE = "{\"uri\":\"/é\",\"upstream\":\"http://x\"}";

  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(StoredValuesTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void takesOutWhiteSpaceAndNothingElse() throws Exception {
    admin.put(
        "/upstreams/a",
        "{ \"nodes\" : [ {\n\t\"url\":\"http:\\/\\/\\u0061\" ,\r\n \"weight\":10 } ]\n}");
    String compact = "{\"nodes\":[{\"url\":\"http:\\/\\/\\u0061\",\"weight\":10}]}";
    assertThat(schema.stored("/upstreams/a")).isEqualTo(compact);
    assertThat(admin.get("/upstreams/a").text()).contains("\"value\":" + compact + "}");
  }

  @Test
  void readsTheBase64ThatTheDemoStored() throws Exception {
    schema.put("/routes/demo", base64(ROUTE));
    assertThat(admin.get("/routes/demo").text()).contains("\"value\":" + ROUTE + "}");
    assertThat(admin.get("/routes/demo", "Accept", "text/plain").text())
        .contains(", value=" + base64(ROUTE) + ", ");
    assertThat(admin.get("/kv/routes/demo").json().path("value").textValue())
        .isEqualTo(base64(ROUTE));
  }

  @Test
  void writesBase64ForAsLongAsItIsAskedTo() throws Exception {
    try (Admin writesBase64 = Admin.of(schema, ValueEncoding.BASE64, 100)) {
      writesBase64.put("/routes/encoded", ROUTE.replace(",", ",\n "));
      assertThat(schema.stored("/routes/encoded")).isEqualTo(base64(ROUTE));
      assertThat(writesBase64.get("/routes/encoded").text()).contains("\"value\":" + ROUTE + "}");
      assertThat(admin.get("/routes/encoded").text()).contains("\"value\":" + ROUTE + "}");

      writesBase64.put("/kv/text", "as it is");
      assertThat(schema.stored("/text")).isEqualTo("as it is");

      // 80 bytes would fit, but not the 108 that they are in base64.
      var tooLong =
          writesBase64.put(
              "/upstreams/long", "{\"nodes\":[{\"url\":\"http://" + "x".repeat(51) + "\"}]}");
      assertThat(tooLong.status()).isEqualTo(413);
      assertThat(writesBase64.get("/upstreams/long").status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no JSON", "{\"uri\":", "bm8gSlNPTg==", "/w==", "{} {}", "{\"a\":1,\"a\":2}"})
  void answersWhatIsNoJsonAsAStringThatIsNotValid(String text) throws Exception {
    schema.put("/routes/broken", text);
    var read = admin.get("/routes/broken");
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.json().path("value").textValue()).isEqualTo(text);
    assertThat(read.json().path("valid").isBoolean()).isTrue();
    assertThat(read.json().path("valid").asBoolean()).isFalse();
    assertThat(admin.get("/routes").status()).isEqualTo(200);
    assertThat(admin.get("/routes/broken", "Accept", "text/plain").text())
        .contains(", value=" + base64(text) + ", ");
    assertThat(admin.put("/routes/broken", ROUTE).status()).isEqualTo(200);
    assertThat(admin.get("/routes/broken").json().has("valid")).isFalse();
  }

  @Test
  void keepsNonAsciiText() {
    admin.put("/kv/a", "ключ 🔑");
    assertThat(admin.get("/kv/a").json().path("value").textValue()).isEqualTo("ключ 🔑");
  }

  @Test
  void readsARowThatWasInsertedPastTheFunctions() throws Exception {
    schema.execute("INSERT INTO %s.config (key) VALUES ('/routes/by/hand')");
    var read = admin.get("/routes/by/hand");
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.json().path("value").textValue()).isEmpty();
    assertThat(read.json().path("version").asLong()).isEqualTo(1);
    assertThat(read.json().path("createRevision").asLong()).isEqualTo(read.revision());
    assertThat(admin.get("/routes").json().path("items").toString()).contains("/routes/by/hand");
    assertThat(admin.get("/kv").status()).isEqualTo(200);
    admin.delete("/routes/by/hand");
  }
}
