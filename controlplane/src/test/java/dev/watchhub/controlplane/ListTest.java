package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Lists: their order, their pages, their past. */
class ListTest {
  private Admin admin;

  @BeforeEach
  void start(TestInfo test) {
    admin = Admin.of(TestSchema.of(test));
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  private static String route(String uri) {
    return "{\"uri\":\"%s\",\"upstream\":\"http://x\"}".formatted(uri);
  }

  private List<String> keys(String path) {
    return admin.get(path).json().path("items").findValuesAsText("key");
  }

  @Test
  void listsLiveKeysInTheOrderOfTheirBytes() {
    assertThat(admin.get("/routes").text()).isEqualTo("{\"items\":[],\"rev\":0}\n");
    for (String id : List.of("b", "B", "a/z", "a", "é", "gone")) {
      admin.put("/routes/" + Admin.encoded(id), route("/" + id));
    }
    admin.delete("/routes/gone");
    admin.put("/upstreams/a", "{\"nodes\":[{\"url\":\"http://a\"}]}");
    assertThat(keys("/routes"))
        .containsExactly("/routes/B", "/routes/a", "/routes/a/z", "/routes/b", "/routes/é");
    assertThat(keys("/upstreams")).containsExactly("/upstreams/a");
    assertThat(keys("/kv")).hasSize(6);
    assertThat(admin.get("/routes").json().has("next")).isFalse();
    assertThat(admin.get("/routes").json().path("items").path(0).path("value").path("uri").asText())
        .isEqualTo("/B");
  }

  @Test
  void pagesThroughAllKeysOnce() {
    List<String> all = new ArrayList<>();
    for (int i = 10; i < 45; i++) {
      admin.put("/routes/r" + i, route("/" + i));
      all.add("/routes/r" + i);
    }
    List<String> paged = new ArrayList<>();
    String path = "/routes?limit=10";
    for (int pages = 1; ; pages++) {
      var json = admin.get(path).json();
      paged.addAll(json.path("items").findValuesAsText("key"));
      if (!json.has("next")) {
        assertThat(pages).isEqualTo(4);
        break;
      }
      path = "/routes?limit=10&after=" + json.path("next").textValue();
    }
    assertThat(paged).isEqualTo(all);
    assertThat(admin.get("/routes?limit=35").json().has("next")).isFalse();
  }

  @Test
  void listsAsOfARevision() {
    admin.put("/routes/a", route("/1"));
    long then = admin.put("/routes/b", route("/1")).revision();
    admin.put("/routes/a", route("/2"));
    admin.delete("/routes/b");
    admin.put("/routes/c", route("/2"));
    assertThat(keys("/routes?rev=" + then)).containsExactly("/routes/a", "/routes/b");
    assertThat(admin.get("/routes?rev=" + then).json().path("items").findValuesAsText("uri"))
        .containsExactly("/1", "/1");
    assertThat(keys("/routes")).containsExactly("/routes/a", "/routes/c");
  }

  @Test
  void listsInLines() {
    admin.put("/kv/a", "1");
    admin.put("/kv/b", "zwei\nZeilen");
    assertThat(admin.get("/kv", "Accept", "text/plain").text())
        .matches(
            """
            rev=\\d+, key=/a, value=MQ==, create_time=\\d+
            rev=\\d+, key=/b, value=endlaQpaZWlsZW4=, create_time=\\d+
            """);
  }

  @Test
  void refusesAListThatMemoryWouldNotHoldAndGivesItInPages() {
    String big = "x".repeat(1 << 20);
    for (int i = 10; i < 30; i++) {
      admin.put("/kv/big/" + i, big);
    }
    var refused = admin.get("/kv?prefix=/big/");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().path("field").textValue()).isEqualTo("limit");
    assertThat(keys("/kv?prefix=/big/&limit=12")).hasSize(12);
    assertThat(keys("/kv?prefix=/big/&limit=12&after=/big/21")).hasSize(8);
  }
}
