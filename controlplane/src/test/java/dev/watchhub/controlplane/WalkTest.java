package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo's walk, in both representations. */
class WalkTest {
  private static final String ROUTE =
      "\n{\n\t\"uri\": \"/get\",\n\t\"upstream\": \"http://httpbin.org\"\n}\n";

  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(WalkTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @BeforeEach
  void deleteAll() {
    admin
        .get("/kv")
        .json()
        .path("items")
        .findValuesAsText("key")
        .forEach(key -> admin.delete("/kv" + key));
  }

  @Test
  void createsOverwritesAndReadsARouteInJson() {
    var created = admin.put("/routes/foo", ROUTE);
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Content-Type")).isEqualTo("application/json");
    assertThat(created.json().path("key").textValue()).isEqualTo("/routes/foo");
    long first = created.revision();
    assertThat(first).isPositive();

    var overwritten = admin.put("/routes/foo", ROUTE.replace("/get", "/anything"));
    assertThat(overwritten.status()).isEqualTo(200);
    assertThat(overwritten.revision()).isGreaterThan(first);

    var read = admin.get("/routes/foo");
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.text())
        .isEqualTo(
            """
            {"key":"/routes/foo","revision":%d,"createRevision":%d,"version":2,"createTime":%d,\
            "value":{"uri":"/anything","upstream":"http://httpbin.org"}}
            """
                .formatted(overwritten.revision(), first, read.json().path("createTime").asLong()));
    assertThat(admin.get("/routes/foo?rev=" + first).json().path("value").path("uri").asText())
        .isEqualTo("/get");
  }

  @Test
  void answersInTheDemosLines() throws Exception {
    String[] text = {"Accept", "text/plain"};
    var created = admin.put("/routes/foo", ROUTE, text);
    assertThat(created.header("Content-Type")).isEqualTo("text/plain;charset=utf-8");
    assertThat(created.text()).matches("rev=[1-9][0-9]*\n");
    String first = created.text().strip().substring("rev=".length());

    admin.put("/routes/foo", ROUTE, text);
    assertThat(admin.get("/routes/foo?rev=" + first, text).text())
        .isEqualTo(
            "rev=%s, key=/routes/foo, value=%s, create_time=%d\n"
                .formatted(
                    first,
                    // As the demo's README prints it for this very body.
                    "eyJ1cmkiOiIvZ2V0IiwidXBzdHJlYW0iOiJodHRwOi8vaHR0cGJpbi5vcmcifQ==",
                    admin.get("/routes/foo?rev=" + first).json().path("createTime").asLong()));
    assertThat(schema.stored("/routes/foo"))
        .isEqualTo("{\"uri\":\"/get\",\"upstream\":\"http://httpbin.org\"}");
    assertThat(admin.delete("/routes/foo", text).text()).matches("rev=[1-9][0-9]*\n");
  }

  @Test
  void deletesARouteOnceAndStillReadsItAsOfBefore() {
    long put = admin.put("/routes/bar", ROUTE).revision();
    var deleted = admin.delete("/routes/bar");
    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.json().path("key").textValue()).isEqualTo("/routes/bar");
    assertThat(deleted.revision()).isGreaterThan(put);

    assertThat(admin.get("/routes/bar").status()).isEqualTo(404);
    assertThat(admin.delete("/routes/bar").status()).isEqualTo(404);
    assertThat(admin.get("/routes/bar?rev=" + deleted.revision()).status()).isEqualTo(404);
    assertThat(admin.get("/routes/bar?rev=" + put).revision()).isEqualTo(put);

    var again = admin.put("/routes/bar", ROUTE);
    assertThat(again.status()).isEqualTo(201);
    assertThat(admin.get("/routes/bar").json().path("version").asLong()).isEqualTo(1);
  }

  @Test
  void keepsWhoWroteAndWhy() {
    admin.put("/routes/foo", ROUTE, "X-Author", "ada", "X-Note", "first try");
    var json = admin.get("/routes/foo").json();
    assertThat(json.path("author").textValue()).isEqualTo("ada");
    assertThat(json.path("note").textValue()).isEqualTo("first try");
    admin.put("/routes/foo", ROUTE.replace("/get", "/ip"));
    assertThat(admin.get("/routes/foo").json().has("author")).isFalse();
  }

  @Test
  void takesOtherTypedCollectionsAndAnyKeyWithAnyText() {
    String upstream = "{\"nodes\":[{\"url\":\"http://a\"}]}";
    assertThat(admin.put("/upstreams/a/b", upstream.replace(":[", ": [")).status()).isEqualTo(201);
    assertThat(admin.get("/upstreams/a/b").text()).contains("\"value\":" + upstream);

    assertThat(admin.put("/kv/motd", " good\nday \"x\" ").status()).isEqualTo(201);
    assertThat(admin.get("/kv/motd").json().path("value").textValue())
        .isEqualTo(" good\nday \"x\" ");
    assertThat(admin.get("/kv/motd").json().path("key").textValue()).isEqualTo("/motd");
    assertThat(admin.put("/kv/empty", "").status()).isEqualTo(201);
    assertThat(admin.get("/kv/empty").json().path("value").textValue()).isEmpty();
    assertThat(admin.get("/kv/upstreams/a/b").json().path("value").textValue()).isEqualTo(upstream);
  }

  @Test
  void isHealthyAndReady() {
    assertThat(admin.get("/healthz").status()).isEqualTo(200);
    assertThat(admin.get("/readyz").status()).isEqualTo(200);
  }

  @Test
  void namesThePathsAndMethodsThatItDoesNotTake() {
    assertThat(admin.get("/nothing").status()).isEqualTo(404);
    assertThat(admin.get("/nothing").header("Content-Type")).isEqualTo("application/problem+json");
    var wrongMethod = admin.put("/routes", "{}");
    assertThat(wrongMethod.status()).isEqualTo(405);
    assertThat(wrongMethod.header("Allow")).contains("GET");
  }
}
