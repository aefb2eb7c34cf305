package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entity tags, pages that fit together, history, and where the past ends. */
class PastTest {
  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(PastTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  private static Admin.Answer head(String path, String... headers) {
    return admin.send("HEAD", path, BodyPublishers.noBody(), headers);
  }

  private static void compact(String query) {
    var answer = admin.send("POST", "/compact?" + query, BodyPublishers.noBody());
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
  }

  @Test
  void tagsAKeyWithItsRevision() {
    long first = admin.put("/kv/tag/a", "1").revision();
    String tag = "\"" + first + "\"";
    assertThat(admin.get("/kv/tag/a").header("ETag")).isEqualTo(tag);
    long second = admin.put("/kv/tag/a", "2").revision();
    assertThat(admin.get("/kv/tag/a").header("ETag")).isEqualTo("\"" + second + "\"");
    assertThat(admin.get("/kv/tag/a?rev=" + first).header("ETag")).isEqualTo(tag);
    assertThat(admin.get("/kv/tag/a", "Accept", "text/plain").header("ETag"))
        .isEqualTo("\"" + second + "\"");
    assertThat(admin.get("/kv/tag/none").header("ETag")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void saysWhenTheClientHasTheRevision(String method) {
    long revision =
        admin.put("/routes/tag", "{\"uri\":\"/\",\"upstream\":\"http://x\"}").revision();
    String tag = "\"" + revision + "\"";
    for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      var answer =
          admin.send(method, "/routes/tag", BodyPublishers.noBody(), "If-None-Match", known);
      assertThat(answer.status()).as(known).isEqualTo(304);
      assertThat(answer.text()).isEmpty();
      assertThat(answer.header("ETag")).isEqualTo(tag);
      assertThat(answer.header("Vary")).contains("Accept");
    }
    for (String other : List.of("\"1\"", "\"" + revision + "1\"", String.valueOf(revision), "")) {
      var answer =
          admin.send(method, "/routes/tag", BodyPublishers.noBody(), "If-None-Match", other);
      assertThat(answer.status()).as(other).isEqualTo(200);
    }
    assertThat(admin.get("/routes/none", "If-None-Match", "*").status()).isEqualTo(404);
  }

  @Test
  void answersHeadLikeGetWithoutABody() {
    admin.put("/kv/head", "x");
    var head = head("/kv/head");
    var get = admin.get("/kv/head");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.text()).isEmpty();
    assertThat(head.header("Content-Length")).isEqualTo(String.valueOf(get.text().length()));
    assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type"));
    assertThat(head("/kv/head/none").status()).isEqualTo(404);
    assertThat(head("/history/head").status()).isEqualTo(200);
  }

  @Test
  void namesTheNewestWhenAskedForTheFuture() {
    long newest = admin.put("/kv/future", "x").revision();
    for (String path : List.of("/kv/future", "/kv", "/routes")) {
      assertThat(admin.get(path + "?rev=" + newest).status()).isEqualTo(200);
      var answer = admin.get(path + "?rev=" + (newest + 1));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.json().path("newest").asLong()).isEqualTo(newest);
      assertThat(answer.json().path("field").textValue()).isEqualTo("rev");
    }
  }

  @Test
  void namesTheOldestThatIsLeftWhenCompactionTookTheRest() {
    long first = admin.put("/kv/old/a", "1").revision();
    long other = admin.put("/kv/old/b", "1").revision();
    long second = admin.put("/kv/old/a", "2").revision();
    compact("revision=" + second);
    var read = admin.get("/kv/old/a?rev=" + first);
    assertThat(read.status()).isEqualTo(410);
    assertThat(read.json().path("oldest").asLong()).isEqualTo(second);
    assertThat(admin.get("/kv/old/b?rev=" + other).status())
        .as("of a key that lost nothing")
        .isEqualTo(200);
    var list = admin.get("/kv?prefix=/old/&rev=" + other);
    assertThat(list.status()).isEqualTo(410);
    assertThat(list.json().path("oldest").asLong()).isEqualTo(second);
    assertThat(admin.get("/kv?prefix=/old/b&rev=" + other).status()).isEqualTo(200);
    assertThat(admin.get("/kv?prefix=/old/&rev=" + second).status()).isEqualTo(200);
  }

  @Test
  void keepsThePagesOfAListTogether() throws Exception {
    for (String key : List.of("a", "b", "c", "d")) {
      admin.put("/kv/pages/" + key, "old");
    }
    String path = "/kv?prefix=/pages/&limit=2";
    var first = admin.get(path).json();
    schema.execute("SELECT %1$s.put('/pages/aa', 'new'), %1$s.put('/pages/c', 'new')");
    admin.delete("/kv/pages/d");
    var second = admin.get(path + "&after=/pages/b&at=" + first.path("at").textValue()).json();
    List<String> seen = new ArrayList<>(first.path("items").findValuesAsText("key"));
    seen.addAll(second.path("items").findValuesAsText("key"));
    assertThat(seen).containsExactly("/pages/a", "/pages/b", "/pages/c", "/pages/d");
    assertThat(second.path("items").findValuesAsText("value")).containsOnly("old");
    assertThat(second.has("next")).isFalse();
    long rev = first.path("rev").asLong();
    assertThat(admin.get("/kv?prefix=/pages/&rev=" + rev).json().path("items"))
        .as("the same as of the revision that it says")
        .hasSize(4);
    assertThat(admin.get("/kv?prefix=/pages/").json().path("items")).hasSize(4);
    assertThat(
            admin
                .get("/kv?prefix=/pages/&after=/pages/b")
                .json()
                .path("items")
                .findValuesAsText("value"))
        .containsExactly("new");
  }

  @Test
  void refusesAPageOfAListThatCompactionTore() {
    admin.put("/kv/torn/a", "1");
    admin.put("/kv/torn/b", "1");
    String at = admin.get("/kv?prefix=/torn/&limit=1").json().path("at").textValue();
    String next = "/kv?prefix=/torn/&after=/torn/a&at=" + at;
    assertThat(admin.get(next).status()).isEqualTo(200);
    admin.put("/kv/torn/b", "2");
    compact("latest=true");
    var answer = admin.get(next);
    assertThat(answer.status()).isEqualTo(410);
    assertThat(answer.json().path("field").textValue()).isEqualTo("at");
    assertThat(admin.get(next.replace(at, "1-1-5:5:")).status())
        .as("of another cluster")
        .isEqualTo(410);
    var bad = admin.get(next.replace(at, "now"));
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.json().path("field").textValue()).isEqualTo("at");
  }

  @Test
  void tellsTheHistoryOfAKeyInPages() {
    long first = admin.put("/kv/hist/a%20b", "eins", "X-Author", "ada", "X-Note", "why").revision();
    long gone = admin.delete("/kv/hist/a%20b").revision();
    long second = admin.put("/kv/hist/a%20b", "zwölf").revision();
    var history = admin.get("/history/hist/a%20b");
    assertThat(history.status()).isEqualTo(200);
    long[] times = {
      history.json().path("items").path(0).path("createTime").asLong(),
      history.json().path("items").path(1).path("createTime").asLong(),
      history.json().path("items").path(2).path("createTime").asLong()
    };
    assertThat(history.text())
        .isEqualTo(
            """
            {"key":"/hist/a b","items":[\
            {"revision":%d,"op":"put","createTime":%d,"bytes":6,"version":1,"createRevision":%d},\
            {"revision":%d,"op":"delete","createTime":%d,"bytes":0,"version":0,"createRevision":%d},\
            {"revision":%d,"op":"put","createTime":%d,"author":"ada","note":"why","bytes":4,\
            "version":1,"createRevision":%d}]}
            """
                .formatted(
                    second, times[0], second, gone, times[1], first, first, times[2], first));
    var page = admin.get("/history/hist/a%20b?limit=2&values=true").json();
    assertThat(page.path("items").findValuesAsText("value")).containsExactly("zwölf");
    assertThat(page.path("next").asLong()).isEqualTo(gone);
    var rest = admin.get("/history/hist/a%20b?limit=2&before=" + gone).json();
    assertThat(rest.path("items").findValuesAsText("revision"))
        .containsExactly(String.valueOf(first));
    assertThat(rest.has("next")).isFalse();
    assertThat(rest.has("compacted")).isFalse();
    assertThat(admin.get("/history/hist/none").status()).isEqualTo(404);
    assertThat(admin.get("/history/hist/none?before=5").json().path("items")).isEmpty();
    assertThat(admin.get("/history/hist/a%20b?values=yes").status()).isEqualTo(400);
    assertThat(admin.get("/history/hist//a").status()).isEqualTo(400);
  }

  @Test
  void saysThatCompactionTookTheOlderHistory() {
    admin.put("/kv/cut", "1");
    long second = admin.put("/kv/cut", "2").revision();
    admin.put("/kv/cut", "3");
    compact("revision=" + second);
    assertThat(admin.get("/history/cut?limit=1").json().has("compacted")).isFalse();
    var history = admin.get("/history/cut").json();
    assertThat(history.path("items")).hasSize(2);
    assertThat(history.path("compacted").asBoolean()).isTrue();
  }

  @Test
  void cutsAHistoryWhoseValuesMemoryWouldNotHold() throws Exception {
    schema.execute(
        "SELECT p.revision FROM generate_series(1, 17) n, %s.put('/big', n || repeat('x', 1 << 20)) p");
    var page = admin.get("/history/big?values=true").json();
    assertThat(page.path("items")).hasSize(15);
    var rest = admin.get("/history/big?values=true&before=" + page.path("next").asLong()).json();
    assertThat(rest.path("items")).hasSize(2);
    assertThat(rest.has("next")).isFalse();
    assertThat(admin.get("/history/big").json().path("items")).hasSize(17);
  }
}
