package dev.watchhub.verify.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.CommitFrame;
import dev.watchhub.protocol.EventFrame;
import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.verify.Promise;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.WatchStep;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A recording of a hub whose every word is scripted. */
final class WatchRecordingTest {
  private static final Position HERE = new Position(7, 1, new Lsn(100));
  private static final Item ITEM = new Item("/a", "x", 1, 1, 1, 5, null, null);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<byte[]> answers = Collections.synchronizedList(new ArrayList<>());
  private HttpServer hub;

  @BeforeEach
  void start() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    hub.setExecutor(threads);
    hub.createContext("/watch", this::answer);
    hub.start();
  }

  @AfterEach
  void stop() {
    hub.stop(0);
    threads.shutdownNow();
  }

  /** Sends the next answer and ends the stream; without one, it says nothing for ever. */
  private void answer(HttpExchange exchange) throws IOException {
    requests.add(
        exchange.getRequestURI().getRawQuery()
            + " "
            + exchange.getRequestHeaders().getFirst("Last-Event-ID"));
    exchange.sendResponseHeaders(200, 0);
    if (answers.isEmpty()) {
      exchange.getResponseBody().flush();
      return;
    }
    exchange.getResponseBody().write(answers.remove(0));
    exchange.close();
  }

  private WatchRecording record(WatchRequest request) {
    return WatchRecording.start(
        URI.create("http://127.0.0.1:" + hub.getAddress().getPort()),
        request,
        new SharedCommits(),
        (component, cause) -> {
          throw new AssertionError(component, cause);
        });
  }

  private List<WatchStep> steps(WatchRecording recording, int count) {
    await(count + " steps").until(() -> recording.stepCount() >= count);
    return recording.history().steps();
  }

  private static byte[] bytes(byte[]... events) {
    StringBuilder all = new StringBuilder();
    for (byte[] event : events) {
      all.append(new String(event, UTF_8));
    }
    return all.toString().getBytes(UTF_8);
  }

  @Test
  void comesBackWithItsLastIdAndTakesASnapshotOnlyWhole() {
    Commit commit = new Commit(HERE.at(new Lsn(200)), Instant.EPOCH, List.of(Change.of(ITEM)));
    byte[] part = EventFrame.snapshot(List.of(EventJson.item(ITEM)));
    answers.add(part);
    answers.add(bytes(part, EventFrame.synced(HERE, 1)));
    answers.add(
        bytes(
            CommitFrame.encode(commit.position(), commit.committedAt(), commit.changes()).bytes(),
            EventFrame.reset(ResetReason.LAGGED)));
    try (WatchRecording recording =
        record(WatchRequest.fromTheBeginning("client", Filter.prefix("/a b")))) {
      assertThat(steps(recording, 7))
          .containsExactly(
              new WatchStep.Connected(null),
              new WatchStep.Connected(null),
              new WatchStep.Snapshot(HERE, 1, List.of(ITEM)),
              new WatchStep.Connected(HERE),
              new WatchStep.Committed(commit),
              new WatchStep.Reset(ResetReason.LAGGED),
              new WatchStep.Connected(null));
    }
    assertThat(requests)
        .containsExactly(
            "prefix=%2Fa+b null",
            "prefix=%2Fa+b null", "prefix=%2Fa+b " + HERE, "prefix=%2Fa+b null");
  }

  @Test
  void noticesAnIdThatIsNotTheEventsPosition() {
    byte[] right = EventFrame.synced(HERE, 0);
    String wrong = new String(right, UTF_8).replaceFirst("id: .*\n", "");
    answers.add(wrong.getBytes(UTF_8));
    try (WatchRecording recording =
        record(WatchRequest.fromTheBeginning("client", Filter.prefix("/")))) {
      assertThat(steps(recording, 3).get(2))
          .isEqualTo(
              new WatchStep.Malformed(
                  Promise.RESUMABLE, "the id '" + HERE + "' at 'synced'", "none"));
    }
  }

  @Test
  void noticesAReasonThatIsNone() {
    answers.add("event: reset\nid:\ndata: {\"reason\":\"whim\"}\n\n".getBytes(UTF_8));
    try (WatchRecording recording =
        record(WatchRequest.after("client", Filter.prefix("/"), HERE))) {
      assertThat(steps(recording, 2).get(0)).isEqualTo(new WatchStep.Connected(HERE));
      assertThat(steps(recording, 2).get(1))
          .isInstanceOfSatisfying(
              WatchStep.Malformed.class,
              malformed -> assertThat(malformed.promise()).isEqualTo(Promise.ENDED_WITH_A_REASON));
    }
  }

  @Test
  void endsWhileItWaitsForTheHubsWords() {
    WatchRecording recording = record(WatchRequest.fromTheBeginning("client", Filter.prefix("/")));
    steps(recording, 1);
    recording.close();
    recording.close();
    assertThat(recording.history().steps()).containsExactly(new WatchStep.Connected(null));
  }
}
