package dev.watchhub.client;

import static dev.watchhub.client.ScriptedHub.answer;
import static dev.watchhub.client.ScriptedHub.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.ScriptedHub.Answer;
import dev.watchhub.client.ScriptedHub.Then;
import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.protocol.Item;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a watcher makes of a hub, or of something else, that breaks off or talks nonsense. */
@Tag("slow")
final class HubSourceTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String POSITION = "%016x-00000001-%016x";
  private static final String FIRST = POSITION.formatted(7, 1);
  private static final String SECOND = POSITION.formatted(7, 2);

  private static final String HALF = snapshot("/a", "/b");
  private static final String SYNCED = synced(FIRST);
  private static final Answer WHOLE = stream(Then.STAY, HALF, SYNCED);

  private final Recorder recorder = new Recorder();

  private static String item(String key) {
    return """
        {"key":"%s","value":"1","revision":1,"createRevision":1,"version":1,"createTime":1}"""
        .formatted(key);
  }

  private static String snapshot(String... keys) {
    return "event: snapshot\ndata: {\"items\":["
        + String.join(",", Stream.of(keys).map(HubSourceTest::item).toList())
        + "]}\n\n";
  }

  private static String synced(String position) {
    return "event: synced\nid: %s\ndata: {\"position\":\"%s\",\"count\":2}\n\n"
        .formatted(position, position);
  }

  private static String bookmark(String position) {
    return "event: bookmark\nid: %s\ndata: {\"position\":\"%s\"}\n\n".formatted(position, position);
  }

  private Watcher watch(ScriptedHub hub, Duration silenceLimit) {
    return LoopWatcher.start(
        "hub-watcher",
        HubSource.of(hub.uri(), List.of("/"), null, silenceLimit),
        recorder,
        (component, cause) -> {
          throw new AssertionError(component, cause);
        });
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(answer("500 Oops", "text/plain", "on\n fire"), "status 500: on fire"),
        Arguments.of(
            answer("503 Later", "application/problem+json", "{\"detail\":\"not ready\"}"),
            "status 503: {\"detail\":\"not ready\"}"),
        Arguments.of(answer("404 No", "text/html", "<p>".repeat(100_000)), "status 404: <p><p>"),
        Arguments.of(
            new Answer("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", Then.END),
            "status 302"),
        Arguments.of(
            new Answer("HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nhal", Then.END),
            "status 500: hal (cut off"),
        Arguments.of(answer("200 OK", "text/html", "<p>"), "'text/html', not text/event-stream"),
        Arguments.of(new Answer("", Then.END), "the other side has ended the connection"),
        Arguments.of(new Answer("", Then.RESET), "the other side has ended the connection"),
        Arguments.of(new Answer("SSH-2.0-OpenSSH\r\n", Then.STAY), ""),
        Arguments.of(stream(Then.END), "the other side has ended the connection"),
        Arguments.of(stream(Then.END, HALF), "the other side has ended the connection"),
        Arguments.of(stream(Then.RESET, HALF), "the other side has ended the connection"),
        Arguments.of(stream(Then.END, HALF + "event: syn"), "has ended the connection"),
        Arguments.of(
            new Answer(stream(Then.STAY, HALF).bytes() + "0\r\n\r\n", Then.END),
            "the other side has ended the connection"),
        Arguments.of(stream(Then.STAY, "event: news\ndata: {}\n\n"), "no event is called 'news'"),
        Arguments.of(stream(Then.STAY, "event: synced\ndata: {}\n\n"), "'position'"),
        Arguments.of(stream(Then.STAY, "event: snapshot\ndata: [\n\n"), "snapshot"),
        Arguments.of(stream(Then.STAY, "event: snapshot\ndata: {\"items\":7}\n\n"), "'items'"),
        Arguments.of(stream(Then.STAY, HALF), "nothing came for PT1S"),
        Arguments.of(new Answer("", Then.STAY), "nothing came for PT1S"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void saysWhyItIsDisconnectedAndTriesAgain(Answer failure, String reason) {
    try (ScriptedHub hub = ScriptedHub.of(failure, WHOLE);
        Watcher watcher = watch(hub, Duration.ofSeconds(1))) {
      await("it follows in the end")
          .atMost(LIMIT)
          .until(() -> watcher.status().state() == State.FOLLOWING);
      assertThat(recorder.states())
          .startsWith(State.CONNECTING, State.DISCONNECTED, State.CONNECTING, State.FOLLOWING);
      assertThat(recorder.statuses())
          .filteredOn(status -> status.state() == State.DISCONNECTED)
          .first()
          .satisfies(
              status ->
                  assertThat(status.detail())
                      .startsWith(hub.uri() + "/watch?prefix=%2F: ")
                      .contains(reason)
                      .doesNotContain("\n")
                      .hasSizeLessThan(500));
      assertThat(recorder.snapshots().get(0))
          .as("the first snapshot that is whole")
          .extracting(Item::key)
          .containsExactly("/a", "/b");
      assertThat(hub.requests()).element(1).asString().doesNotContain("Last-Event-ID");
    }
  }

  @Test
  void waitsForAnAnswerLessLongThanForTheNextEvent() {
    try (ScriptedHub hub = ScriptedHub.of(new Answer("", Then.STAY), WHOLE);
        Watcher watcher = watch(hub, Duration.ofMinutes(10))) {
      await("it follows").atMost(LIMIT).until(() -> watcher.status().state() == State.FOLLOWING);
    }
  }

  @Test
  void goesOnFromTheLastId() {
    try (ScriptedHub hub =
            ScriptedHub.of(
                stream(Then.END, HALF, SYNCED, bookmark(SECOND)),
                stream(Then.END, ":\n\n"),
                stream(Then.STAY, bookmark(SECOND)));
        Watcher watcher = watch(hub, LIMIT)) {
      awaitRequests(hub, 3);
      await("it follows").atMost(LIMIT).until(() -> watcher.status().state() == State.FOLLOWING);
    }
    assertThat(recorder.snapshots()).hasSize(1);
  }

  private static void awaitRequests(ScriptedHub hub, int count) {
    await(count + " requests").atMost(LIMIT).until(() -> hub.requests().size() >= count);
  }

  @Test
  void sendsTheLastIdAndForgetsOneThatWasCleared() {
    String reset = "event: reset\nid:\ndata: {\"reason\":\"expired\"}\n\n";
    try (ScriptedHub hub =
            ScriptedHub.of(
                stream(Then.END, HALF, SYNCED, bookmark(SECOND)),
                stream(Then.END, reset, snapshot("/half")),
                WHOLE);
        Watcher watcher = watch(hub, LIMIT)) {
      awaitRequests(hub, 3);
      await("it follows again")
          .atMost(LIMIT)
          .until(() -> watcher.status().state() == State.FOLLOWING);
      assertThat(hub.requests().get(0)).doesNotContain("Last-Event-ID");
      assertThat(hub.requests().get(1)).contains("Last-Event-ID: " + SECOND + "\n");
      assertThat(hub.requests().get(2)).doesNotContain("Last-Event-ID");
    }
    assertThat(recorder.snapshots())
        .extracting(items -> items.stream().map(Item::key).toList())
        .containsExactly(List.of("/a", "/b"), List.of("/a", "/b"));
    assertThat(recorder.states())
        .containsSubsequence(
            State.FOLLOWING, State.CONNECTING, State.DISCONNECTED, State.FOLLOWING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"400 Bad Request", "410 Gone"})
  void startsOverWhenItsPositionIsRefused(String status) {
    try (ScriptedHub hub =
            ScriptedHub.of(
                stream(Then.END, HALF, SYNCED), answer(status, "text/plain", "no"), WHOLE);
        Watcher watcher = watch(hub, LIMIT)) {
      await("a second snapshot").atMost(LIMIT).until(() -> recorder.snapshots().size() == 2);
      assertThat(hub.requests().get(1)).contains("Last-Event-ID: " + FIRST + "\n");
      assertThat(hub.requests().get(2)).doesNotContain("Last-Event-ID");
      assertThat(watcher.status().state()).isNotEqualTo(State.CLOSED);
    }
  }

  @Test
  void asksForThePrefixesAsTheyAreBelowTheHubsPath() {
    try (ScriptedHub hub = ScriptedHub.of(WHOLE);
        Watcher watcher =
            Watcher.ofHub(
                hub.uri().resolve("/behind/a/proxy/"),
                List.of("/ü&b=c d+e%/", "/b/"),
                recorder,
                (component, cause) -> {})) {
      awaitRequests(hub, 1);
      assertThat(hub.requests().get(0))
          .startsWith(
              "GET /behind/a/proxy/watch?prefix=%2F%C3%BC%26b%3Dc+d%2Be%25%2F&prefix=%2Fb%2F HTTP/1.1\n");
      assertThat(watcher.status().state()).isNotEqualTo(State.CLOSED);
    }
  }

  private static String commit(String id, String... changes) {
    return "event: commit\n"
        + (id.isEmpty() ? "" : "id: " + id + "\n")
        + "data: {"
        + (id.isEmpty() ? "" : "\"position\":\"" + id + "\",\"lsn\":\"0/2\",")
        + "\"changes\":["
        + String.join(",", changes)
        + "]}\n\n";
  }

  private static String change(String op, String key, int revision) {
    return "{\"op\":\"%s\",\"key\":\"%s\",%s\"revision\":%d,\"createRevision\":1,\"version\":1,\"createTime\":1}"
        .formatted(op, key, op.equals("put") ? "\"value\":\"1\"," : "", revision);
  }

  @Test
  void tellsOnceWhatAHubRepeatsAfterACutWithinAFilledGap() {
    String first = commit("", change("put", "/a", 2), change("delete", "/b", 3));
    String second = commit("", change("put", "/c", 4));
    try (ScriptedHub hub =
            ScriptedHub.of(
                stream(Then.END, HALF, SYNCED, first, second),
                stream(Then.END, first, second, commit(SECOND, change("put", "/a", 5))),
                stream(Then.STAY, bookmark(SECOND)));
        Watcher watcher = watch(hub, LIMIT)) {
      awaitRequests(hub, 3);
      await("it follows").atMost(LIMIT).until(() -> watcher.status().state() == State.FOLLOWING);
      assertThat(hub.requests().get(1)).contains("Last-Event-ID: " + FIRST + "\n");
      assertThat(hub.requests().get(2)).contains("Last-Event-ID: " + SECOND + "\n");
    }
    assertThat(recorder.changes())
        .extracting(change -> change.op().wire() + change.item().key() + change.item().revision())
        .containsExactly("put/a2", "delete/b3", "put/c4", "put/a5");
  }

  @Test
  void forgetsTheHalfOfASnapshotThatAResetVoids() {
    String reset = "event: reset\nid:\ndata: {\"reason\":\"lagged\"}\n\n";
    try (ScriptedHub hub =
            ScriptedHub.of(
                stream(Then.STAY, snapshot("/gone"), reset, snapshot("/a"), SYNCED),
                stream(Then.STAY));
        Watcher watcher = watch(hub, LIMIT)) {
      await("it follows").atMost(LIMIT).until(() -> watcher.status().state() == State.FOLLOWING);
    }
    assertThat(recorder.snapshots())
        .extracting(items -> items.stream().map(Item::key).toList())
        .containsExactly(List.of("/a"));
  }
}
