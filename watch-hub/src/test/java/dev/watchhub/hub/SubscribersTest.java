package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What subscribers say they have applied, over real sockets. */
final class SubscribersTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newHttpClient();
  private HubDatabase database;
  private WatchHub hub;

  @BeforeEach
  void start(TestInfo test) throws SQLException {
    database = HubDatabase.create(PostgresServer.shared(), test.getTestMethod().get().getName());
    database.set("/routes/a", "1");
    hub = database.startHub();
  }

  @AfterEach
  void stop() throws SQLException {
    hub.close();
    database.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + path));
  }

  private HttpResponse<String> report(String id, String body) {
    return send(at("/subscribers/" + id + "/applied").POST(BodyPublishers.ofString(body)));
  }

  private JsonNode subscribers() {
    try {
      return new JsonMapper().readTree(send(at("/subscribers")).body()).get("subscribers");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(JsonNode node, String pointer) {
    return node.at(pointer).asText();
  }

  @Test
  void showsWhatANodeSaysBesideItsSubscription() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "?prefix=/routes/&node=web-1")) {
      watch.snapshot();
      assertThat(text(subscribers(), "/0/node")).isEqualTo("web-1");
      assertThat(subscribers().at("/0/applied").isNull()).isTrue();
      String synced = text(subscribers(), "/0/position");

      assertThat(
              report(
                      "web-1",
                      """
                      {"position":"%s","version":"1.2","startedAt":"2026-01-31T12:00:00Z","new":1,
                       "refused":[{"key":"/routes/b","revision":7,"reason":"bad"}],"refusedCount":3}
                      """
                          .formatted(synced))
                  .statusCode())
          .isEqualTo(204);

      JsonNode all = subscribers();
      assertThat(all).hasSize(1);
      assertThat(all.at("/0/gone").asBoolean(true)).isFalse();
      assertThat(text(all, "/0/applied/position")).isEqualTo(synced);
      assertThat(text(all, "/0/applied/version")).isEqualTo("1.2");
      assertThat(text(all, "/0/applied/startedAt")).isEqualTo("2026-01-31T12:00:00Z");
      assertThat(text(all, "/0/applied/refusedCount")).isEqualTo("3");
      assertThat(text(all, "/0/applied/refused/0/key")).isEqualTo("/routes/b");
    }
  }

  @Test
  void whoHasAppliedAllThatItWasSentHasComeAsFarAsTheHub() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "?prefix=/routes/&node=web")) {
      watch.snapshot();
      String synced = text(subscribers(), "/0/position");
      report("web", "{\"position\":\"" + synced + "\"}");
      database.set("/elsewhere/x", "1");
      await("the hub to pass what concerns nobody")
          .atMost(LIMIT)
          .until(() -> text(subscribers(), "/0/applied/upTo").compareTo(synced) > 0);

      database.set("/routes/a", "2");
      String second = String.valueOf(watch.commit().position());

      assertThat(text(subscribers(), "/0/applied/upTo")).isEqualTo(synced);
      report("web", "{\"position\":\"" + second + "\"}");
      await("the node to be seen as up to date")
          .atMost(LIMIT)
          .until(() -> text(subscribers(), "/0/applied/upTo").compareTo(second) >= 0);
    }
  }

  @Test
  void aFreshConnectionOfANodeReplacesTheOldOne() throws SQLException {
    try (WatchStream old = WatchStream.open(hub.port(), "?prefix=/routes/&node=web")) {
      old.snapshot();
      try (WatchStream fresh = WatchStream.open(hub.port(), "?prefix=/routes/&node=web")) {
        fresh.snapshot();
        assertThat(subscribers()).hasSize(1);
        assertThat(text(subscribers(), "/0/id")).isEqualTo("2");
      }
    }
  }

  @Test
  void aNodeThatLeavesIsShownAsGone() {
    report("web", "{}");
    assertThat(subscribers().at("/0/gone").asBoolean(true)).isFalse();
    assertThat(send(at("/subscribers")).body()).matches("(?s)\\{\"collectingMillis\":[0-9]+,.*");

    report("web", "{\"leaving\":true}");

    assertThat(subscribers().at("/0/gone").asBoolean()).isTrue();
    assertThat(text(subscribers(), "/0/node")).isEqualTo("web");
  }

  @Test
  void takesAReportByTheNumberOfASubscription() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "?prefix=/routes/")) {
      watch.snapshot();
      String id = text(subscribers(), "/0/id");

      assertThat(report(id, "{\"version\":\"x\"}").statusCode()).isEqualTo(204);
      assertThat(report("77", "{}").statusCode()).isEqualTo(404);

      assertThat(subscribers()).hasSize(1);
      assertThat(text(subscribers(), "/0/applied/version")).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "web | x | body",
        "web | [] | body",
        "web | {\"position\":\"x\"} | position",
        "web | {\"startedAt\":\"x\"} | startedAt",
        "web | {\"version\":1} | version",
        "web | {\"refused\":1} | refused",
        "web | {\"refused\":[{}]} | refused",
        "a%20b | {} | id"
      })
  void saysWhatIsWrongWithAReport(String id, String body, String field) {
    HttpResponse<String> answer = report(id, body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"field\":\"" + field + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"12", ".", "..", "-a"})
  void refusesANodeThatIsANumberOrIsNoPartOfAPath(String node) throws Exception {
    HttpResponse<InputStream> answer =
        client.send(at("/watch?node=" + node).build(), BodyHandlers.ofInputStream());
    answer.body().close(); // has no end, if it is not refused
    assertThat(answer.statusCode()).isEqualTo(400);
  }
}
