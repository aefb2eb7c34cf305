package dev.watchhub.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.SseReader;
import dev.watchhub.protocol.WatchEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A watch as a plain HTTP client reads it, one event after another. */
final class WatchStream implements AutoCloseable {
  private static final int READ_LIMIT_MILLIS = 20_000;

  private final HttpURLConnection connection;
  private final SseReader events;
  private @Nullable String lastId;

  private WatchStream(HttpURLConnection connection, SseReader events) {
    this.connection = connection;
    this.events = events;
  }

  static WatchStream open(int port, String query) {
    return open(port, query, null);
  }

  static WatchStream open(int port, String query, @Nullable String lastEventId) {
    try {
      HttpURLConnection connection = connect(port, "/watch" + query);
      if (lastEventId != null) {
        connection.setRequestProperty("Last-Event-ID", lastEventId);
      }
      InputStream body = connection.getInputStream();
      return new WatchStream(connection, new SseReader(body, 64 << 20));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Status and body of a request that is answered at once. */
  static String get(int port, String path) {
    try {
      HttpURLConnection connection = connect(port, path);
      int status = connection.getResponseCode();
      InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      return status + " " + (body == null ? "" : new String(body.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpURLConnection connect(int port, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    connection.setReadTimeout(READ_LIMIT_MILLIS);
    return connection;
  }

  /** Waits for the next event. */
  WatchEvent next() {
    try {
      SseEvent event = events.next().orElseThrow(() -> new IOException("the stream has ended"));
      if (event.id() != null) {
        lastId = event.id();
      }
      return EventJson.event(event.name(), event.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the first event of its kind and passes over bookmarks only. */
  <E extends WatchEvent> E next(Class<E> kind) {
    WatchEvent event = next();
    while (event instanceof WatchEvent.Bookmark && kind != WatchEvent.Bookmark.class) {
      event = next();
    }
    return kind.cast(event);
  }

  /** The next commit. */
  Commit commit() {
    return next(WatchEvent.Committed.class).commit();
  }

  /** Everything up to and with {@code synced}. */
  List<Item> snapshot() {
    List<Item> items = new ArrayList<>();
    for (WatchEvent event = next(); !(event instanceof WatchEvent.Synced); event = next()) {
      items.addAll(((WatchEvent.Snapshot) event).items());
    }
    return items;
  }

  /** All changes up to and with the first one that is {@code last}. */
  List<Change> changesUntil(Predicate<Change> last) {
    List<Change> changes = new ArrayList<>();
    while (changes.isEmpty() || !last.test(changes.get(changes.size() - 1))) {
      changes.addAll(commit().changes());
    }
    return changes;
  }

  /** The id that a client would come back with. */
  String lastId() {
    return String.valueOf(lastId);
  }

  Position position() {
    return Position.parse(lastId()).orElseThrow();
  }

  @Override
  public void close() {
    connection.disconnect();
  }
}
