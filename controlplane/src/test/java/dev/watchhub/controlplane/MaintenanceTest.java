package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Compaction, and who announces. */
class MaintenanceTest {
  private TestSchema schema;
  private Admin admin;

  @BeforeEach
  void start(TestInfo test) {
    schema = TestSchema.of(test);
    admin = Admin.of(schema);
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  private long compact(String query) {
    var answer = admin.send("POST", "/compact?" + query, BodyPublishers.noBody());
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("removed").asLong();
  }

  @Test
  void compactsToTheLatestRowOfEveryLiveKey() throws Exception {
    admin.put("/kv/a", "1");
    admin.put("/kv/a", "2");
    admin.put("/kv/b", "1");
    admin.put("/kv/gone", "1");
    admin.delete("/kv/gone");
    assertThat(compact("latest=true")).isEqualTo(3);
    assertThat(schema.rows()).isEqualTo(2);
    assertThat(admin.get("/kv/a").json().path("value").textValue()).isEqualTo("2");
    assertThat(admin.get("/kv/a").json().path("version").asLong()).isEqualTo(2);
  }

  @Test
  void compactsBeforeARevisionAndSaysSoToWhoAsksForThePast() {
    long first = admin.put("/kv/a", "1").revision();
    long other = admin.put("/kv/b", "1").revision();
    long second = admin.put("/kv/a", "2").revision();
    long third = admin.put("/kv/a", "3").revision();
    assertThat(compact("revision=" + second)).isEqualTo(1);
    assertThat(admin.get("/kv/a?rev=" + first).status()).isEqualTo(410);
    assertThat(admin.get("/kv/a?rev=" + other).status()).isEqualTo(410);
    assertThat(admin.get("/kv?rev=" + other).status()).isEqualTo(410);
    assertThat(admin.get("/kv/a?rev=" + second).json().path("value").textValue()).isEqualTo("2");
    assertThat(admin.get("/kv/b?rev=" + other).status()).isEqualTo(200);
    assertThat(admin.get("/kv?rev=" + second).json().path("items").findValuesAsText("value"))
        .containsExactly("2", "1");
    assertThat(admin.get("/kv/a?rev=" + third).json().path("value").textValue()).isEqualTo("3");
    assertThat(admin.get("/kv/never?rev=" + third).status()).isEqualTo(404);
  }

  @Test
  void compactsBeforeATimeInEitherForm() {
    admin.put("/kv/a", "1");
    admin.put("/kv/a", "2");
    assertThat(compact("before=0")).isZero();
    assertThat(compact("before=1970-01-01T01:00:00+01:00")).isZero();
    Instant later = Instant.now().plusSeconds(60);
    assertThat(compact("before=" + later.toEpochMilli())).isEqualTo(1);
    admin.put("/kv/a", "3");
    assertThat(compact("before=" + later.atOffset(ZoneOffset.ofHours(-5)))).isEqualTo(1);
    assertThat(admin.get("/kv/a").json().path("value").textValue()).isEqualTo("3");
  }

  @Test
  void switchesWhoAnnounces() throws Exception {
    assertThat(admin.get("/notify-mode").text()).isEqualTo("{\"mode\":\"trigger\"}\n");
    for (String mode : new String[] {"off", "hub", "trigger"}) {
      String body = "{\"mode\":\"" + mode + "\"}";
      assertThat(admin.put("/notify-mode", body).text()).isEqualTo(body + "\n");
      assertThat(admin.get("/notify-mode").text()).isEqualTo(body + "\n");
    }
    assertThat(admin.put("/notify-mode", "{\"mode\":\"loud\"}").status()).isEqualTo(400);
    assertThat(admin.put("/notify-mode", "hub").status()).isEqualTo(400);
    assertThat(admin.get("/notify-mode").text()).contains("trigger");
  }
}
