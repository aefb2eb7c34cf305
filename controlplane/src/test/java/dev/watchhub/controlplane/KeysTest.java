package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every character of a key means itself. */
class KeysTest {
  private static TestSchema schema;
  private static Admin admin;

  @BeforeAll
  static void start() {
    schema = TestSchema.of(KeysTest.class);
    admin = Admin.of(schema);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/k/100%",
        "/k/%2F",
        "/k/%",
        "/k/a_b",
        "/k/it's",
        "/k/\"quoted\"",
        "/k/a b",
        "/k/a+b",
        "/k/a&b=c",
        "/k/a?b",
        "/k/a#b",
        "/k/a;b=c",
        "/k/back\\slash",
        "/k/müller/ключ/鍵/🔑",
        "/k/…",
        "/k/.hidden",
        "/k/..a",
        "/k/{id}",
        "/k/<id>",
        "/k/*",
        "/k/$1",
        "/k/:colon",
        "/k/a@b,c|d^e`f~g!h(i)[j]",
        "/k/'; DROP TABLE config; --"
      })
  void writesReadsListsAndDeletesTheKeyThatItWasTold(String key) throws Exception {
    String path = "/kv" + Admin.encoded(key);
    var written = admin.put(path, key);
    assertThat(written.status()).as(written.text()).isEqualTo(201);
    assertThat(written.json().path("key").textValue()).isEqualTo(key);
    assertThat(schema.stored(key)).isEqualTo(key);
    assertThat(admin.get(path).json().path("value").textValue()).isEqualTo(key);
    assertThat(
            admin
                .get("/kv?prefix=" + Admin.encoded(key).replace("/", "%2F"))
                .json()
                .path("items")
                .findValuesAsText("key"))
        .containsExactly(key);
    assertThat(admin.delete(path).status()).isEqualTo(200);
    assertThat(admin.get(path).status()).isEqualTo(404);
  }

  @Test
  void takesAnEncodedSlashForASlash() {
    assertThat(admin.put("/kv/s/a%2Fb", "x").json().path("key").textValue()).isEqualTo("/s/a/b");
    assertThat(admin.get("/kv/s/a/b").status()).isEqualTo(200);
  }

  @Test
  void takesWildcardsInAPrefixForThemselves() {
    admin.put("/kv/p/a_c", "");
    admin.put("/kv/p/abc", "");
    admin.put("/kv/p/a%25c", "");
    assertThat(keys("/kv?prefix=/p/a_")).containsExactly("/p/a_c");
    assertThat(keys("/kv?prefix=/p/a%25")).containsExactly("/p/a%c");
    assertThat(keys("/kv?prefix=/p/a")).containsExactly("/p/a%c", "/p/a_c", "/p/abc");
  }

  @Test
  void keepsTheRoutesApartFromKeysThatBeginAlike() {
    admin.put("/kv/routesX/a", "x");
    assertThat(keys("/routes")).isEmpty();
    assertThat(admin.get("/routes/a").status()).isEqualTo(404);
  }

  private static List<String> keys(String path) {
    return admin.get(path).json().path("items").findValuesAsText("key");
  }
}
