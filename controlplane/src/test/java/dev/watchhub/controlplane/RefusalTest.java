package dev.watchhub.controlplane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused is named, and writes nothing. */
class RefusalTest {
  private static final String OK = "\"uri\":\"/get\",\"upstream\":\"http://127.0.0.1:9380\"";

  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(RefusalTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  private static void assertRefused(Admin.Answer answer, int status, String field) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    assertThat(answer.json().path("field").textValue()).as(answer.text()).isEqualTo(field);
    assertThat(answer.json().path("detail").asText()).isNotBlank().doesNotContain("Exception");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "body     | ``",
        "body     | not JSON",
        "body     | {\"uri\":\"/get\",\"upstream\":\"http://x\"",
        "body     | {\"uri\":\"/get\",\"upstream\":\"http://x\"} x",
        "body     | {\"uri\":\"/get\",\"uri\":\"/get\",\"upstream\":\"http://x\"}",
        "body     | []",
        "body     | \"text\"",
        "body     | null",
        "uri      | {}",
        "uri      | {\"upstream\":\"http://x\"}",
        "upstream | {\"uri\":\"/get\"}",
        "upstream | {\"uri\":\"/get\",\"upstream\":null}",
        "uri      | {\"uri\":7,\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"get\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a*\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/*/b\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/*/*\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a?b=c\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a\\nb\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a;b\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a b\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a//b\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"//\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a//*\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/%2e%2E/b\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a/.\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a%5Cb\",\"upstream\":\"http://x\"}",
        "uri      | {\"uri\":\"/a%zz\",\"upstream\":\"http://x\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x//\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x/../y\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x/a%2Fb\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://no_name\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"127.0.0.1:9380\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"/relative\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"ftp://x\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http:///path\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x:0\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x:65536\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x:port\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://me@x\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x/?q\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://x/#f\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://[::1\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":\"http://a b\"}",
        "upstream | {\"uri\":\"/a\",\"upstream\":[\"http://x\"]}",
        "host     | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"host\":\"\"}",
        "host     | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"host\":\"*\"}",
        "host     | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"host\":\"a.*.org\"}",
        "host     | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"host\":\"a.org:80\"}",
        "host     | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"host\":[\"a.org\"]}",
        "methods  | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"methods\":\"GET\"}",
        "methods  | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"methods\":[]}",
        "methods  | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"methods\":[1]}",
        "methods  | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"methods\":[\"G T\"]}",
        "methods  | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"methods\":[\"get\"]}",
        "methods  | {\"uri\":\"/a\",\"upstream\":\"http://x\",\"methods\":[\"GET\",\"GET\"]}",
        "upsteam  | {\"uri\":\"/a\",\"upsteam\":\"http://x\",\"upstream\":\"http://x\"}",
      })
  void refusesABadRoute(String field, String body) throws Exception {
    long before = schema.rows();
    assertRefused(admin.put("/routes/bad", body), 400, field);
    assertThat(schema.rows()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"uri\":\"/\",\"upstream\":\"http://x\"}",
        "{\"uri\":\"/*\",\"upstream\":\"HTTPS://my-service.internal:8443/base/v1.0/\"}",
        "{\"uri\":\"/a/*\",\"upstream\":\"http://[::1]:80\",\"host\":\"*.example.org\"}",
        "{\"uri\":\"/a/\",\"upstream\":\"http://x/..a/\"}",
        "{\"uri\":\"/.well-known/%C3%A9/...\",\"upstream\":\"http://x\"}",
        "{\"uri\":\"/é\",\"upstream\":\"http://1.2.3.4\",\"host\":\"a.org\",\"methods\":[\"GET\",\"PURGE\"]}"
      })
  void takesAGoodRoute(String body) {
    assertThat(admin.put("/routes/good", body).status()).isIn(200, 201);
    assertThat(admin.get("/routes/good").text()).contains("\"value\":" + body + "}");
  }

  @Test
  void refusesFieldsAndNestingOfAnyLength() throws Exception {
    long before = schema.rows();
    String many = "/a".repeat(400_000);
    String route = "{\"uri\":\"%s\",\"upstream\":\"%s\"}";
    assertRefused(admin.put("/routes/a", route.formatted(many, "http://x")), 400, "uri");
    assertRefused(admin.put("/routes/a", route.formatted("/", "http://x" + many)), 400, "upstream");
    assertRefused(admin.put("/upstreams/a", "[".repeat(900_000)), 400, "body");
    assertRefused(admin.put("/upstreams/a", "{\"n\":" + "1".repeat(900_000) + "}"), 400, "body");
    assertThat(schema.rows()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/routes//a",
        "/routes/a/",
        "/routes/a//b",
        "/routes/%2E%2E/a",
        "/routes/a/%2e",
        "/routes/%0A",
        "/routes/a%7Fb",
        "/routes/%C2%85",
        "/kv/a%09b"
      })
  void refusesABadKey(String path) throws Exception {
    String body = "{" + OK + "}";
    long before = schema.rows();
    assertRefused(admin.put(path, body), 400, "key");
    assertRefused(admin.get(path), 400, "key");
    assertRefused(admin.delete(path), 400, "key");
    assertThat(schema.rows()).isEqualTo(before);
  }

  @Test
  void refusesAKeyOfMoreThan512Bytes() {
    String prefix = "/routes/";
    String longest = prefix + "é".repeat((512 - prefix.length()) / 2);
    assertThat(admin.put(Admin.encoded(longest), "{" + OK + "}").status()).isEqualTo(201);
    assertThat(admin.get(Admin.encoded(longest)).json().path("key").textValue()).isEqualTo(longest);
    assertRefused(admin.put(Admin.encoded(longest + "x"), "{" + OK + "}"), 400, "key");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /routes/a?rev=0                        | rev",
        "GET    | /routes/a?rev=-1                       | rev",
        "GET    | /routes/a?rev=x                        | rev",
        "GET    | /routes/a?rev=                         | rev",
        "GET    | /routes/a?rev=9223372036854775808      | rev",
        "GET    | /routes/a?rev=1&rev=1                  | rev",
        "GET    | /routes/a?revision=1                   | revision",
        "GET    | /routes?limit=0                        | limit",
        "GET    | /routes?limit=ten                      | limit",
        "GET    | /routes?after=foo                      | after",
        "GET    | /routes?prefix=/routes                 | prefix",
        "GET    | /kv?prefix=routes                      | prefix",
        "GET    | /kv?prefix=/%00                        | prefix",
        "GET    | /kv?prefix=/%FF                        | prefix",
        "DELETE | /routes/a?rev=1                        | rev",
        "PUT    | /kv/a?x                                | x",
        "POST   | /compact                               | query",
        "POST   | /compact?latest=true&revision=1        | query",
        "POST   | /compact?latest=false                  | latest",
        "POST   | /compact?revision=all                  | revision",
        "POST   | /compact?before=yesterday              | before",
        "POST   | /compact?before=-999999999-01-01T00:00Z | before",
        "POST   | /compact?before=                       | before",
        "PUT    | /notify-mode                           | mode",
        "GET    | /notify-mode?mode=off                  | mode"
      })
  void refusesABadParameter(String method, String path, String field) throws Exception {
    long before = schema.rows();
    assertRefused(admin.send(method, path, BodyPublishers.ofString("{\"mode\":1}")), 400, field);
    assertThat(schema.rows()).isEqualTo(before);
  }

  @Test
  void refusesABodyThatIsNoText() throws Exception {
    long before = schema.rows();
    byte[] latin1 = {'c', 'a', 'f', (byte) 0xE9};
    assertRefused(admin.send("PUT", "/kv/a", BodyPublishers.ofByteArray(latin1)), 400, "body");
    assertRefused(admin.put("/kv/a", "a\0b"), 400, "body");
    assertRefused(admin.put("/kv/a", "x", "Content-Encoding", "gzip"), 415, "Content-Encoding");
    assertThat(schema.rows()).isEqualTo(before);
  }

  @Test
  void refusesAValueOverTheLimitWhetherItsLengthIsStatedOrNot() throws Exception {
    long before = schema.rows();
    byte[] tooLong = "é".repeat((1 << 19) + 1).getBytes(UTF_8);
    assertRefused(admin.send("PUT", "/kv/a", BodyPublishers.ofByteArray(tooLong)), 413, "body");
    assertRefused(
        admin.send(
            "PUT", "/kv/a", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLong))),
        413,
        "body");
    assertThat(schema.rows()).isEqualTo(before);
    String longest = "é".repeat(1 << 19);
    assertThat(admin.put("/kv/longest", longest).status()).isEqualTo(201);
    assertThat(admin.get("/kv/longest").json().path("value").textValue()).isEqualTo(longest);
    admin.delete("/kv/longest");
  }

  @Test
  void refusesANoteThatIsTooLong() throws Exception {
    long before = schema.rows();
    assertRefused(admin.put("/kv/a", "x", "X-Note", "n".repeat(2049)), 400, "X-Note");
    assertRefused(admin.put("/kv/a", "x", "X-Author", "n".repeat(257)), 400, "X-Author");
    assertThat(schema.rows()).isEqualTo(before);
  }
}
