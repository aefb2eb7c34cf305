package dev.watchhub.e2e;

import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A watch in the background, as {@code curl -N} shows it: every event but bookmarks. */
final class WatchRecorder implements AutoCloseable {
  private final InputStream body;
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private WatchRecorder(InputStream body) {
    this.body = body;
    this.reader = new Thread(this::read, "watch-recorder");
  }

  static WatchRecorder start(int port, String query) {
    URI uri = URI.create("http://127.0.0.1:" + port + "/watch" + query);
    try {
      WatchRecorder recorder =
          new WatchRecorder(
              HttpClient.newHttpClient()
                  .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream())
                  .body());
      recorder.reader.start();
      return recorder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void read() {
    try {
      SseReader sse = new SseReader(body, 1 << 20);
      for (Optional<SseEvent> next = sse.next(); next.isPresent(); next = sse.next()) {
        if (!next.get().name().equals("bookmark")) {
          events.add(next.get().name() + " " + next.get().data());
        }
      }
    } catch (IOException e) {
      events.add("broken " + e.getMessage());
    }
  }

  /** Waits until there are so many events, and returns them all. */
  List<String> await(int count) {
    waiting(count + " events").until(() -> events.size() >= count);
    return events;
  }

  /** Waits for an event of that name. */
  void awaitEvent(String name) {
    waiting("an event " + name).until(() -> events.stream().anyMatch(e -> e.startsWith(name)));
  }

  private ConditionFactory waiting(String what) {
    return Awaitility.await(what + ", got " + events);
  }

  @Override
  public void close() {
    try {
      body.close();
      reader.join();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
