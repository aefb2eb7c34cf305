package dev.watchhub.verify.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.SseReader;
import dev.watchhub.verify.WatchRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.StringJoiner;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One answer to {@code GET /watch}.
 *
 * <p>Threading: one thread opens and reads; {@link #close} may be called by any.
 */
final class HubStream implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);
  private static final int MAX_EVENT_BYTES = 256 << 20;
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();

  // Fixed at construction.
  private final URI uri;
  private final CompletableFuture<HttpResponse<InputStream>> answer;

  // The reader's only.
  private @Nullable SseReader reader;

  // Written by the reader, read anywhere.
  private volatile @Nullable InputStream body;
  private volatile boolean closed;
  private volatile long heardNanos = System.nanoTime();

  private HubStream(URI uri, CompletableFuture<HttpResponse<InputStream>> answer) {
    this.uri = uri;
    this.answer = answer;
  }

  /**
   * Sends a request. Does not wait.
   *
   * @param lastEventId null for none
   */
  static HubStream request(URI hub, WatchRequest request, @Nullable String lastEventId) {
    URI uri = URI.create(hub.toString().replaceAll("/+$", "") + "/watch" + query(request));
    HttpRequest.Builder get = HttpRequest.newBuilder(uri).timeout(ANSWER_LIMIT);
    get.header("Accept", "text/event-stream");
    if (lastEventId != null) {
      get.header("Last-Event-ID", lastEventId);
    }
    return new HubStream(uri, CLIENT.sendAsync(get.build(), BodyHandlers.ofInputStream()));
  }

  private static String query(WatchRequest request) {
    StringJoiner query = new StringJoiner("&", "?", "");
    Filter filter = request.filter();
    filter.prefixes().forEach(prefix -> query.add("prefix=" + URLEncoder.encode(prefix, UTF_8)));
    filter.keys().forEach(key -> query.add("key=" + URLEncoder.encode(key, UTF_8)));
    if (filter.ops().size() < Change.Op.values().length) {
      query.add("ops=" + filter.ops().iterator().next().wire());
    }
    if (filter.prev()) {
      query.add("prev=true");
    }
    if (request.since() != null) {
      query.add("since=" + request.since());
    }
    if (!request.snapshot()) {
      query.add("snapshot=false");
    }
    return query.toString();
  }

  /**
   * Waits for the answer and returns its HTTP status.
   *
   * @throws IOException if there is none; the message says why
   */
  int awaitStatus() throws IOException {
    try {
      HttpResponse<InputStream> response = answer.get();
      body = response.body();
      reader = new SseReader(new Heard(response.body()), MAX_EVENT_BYTES);
      if (closed) {
        response.body().close();
      }
      return response.statusCode();
    } catch (ExecutionException e) {
      throw new IOException(reason(e.getCause()), e);
    } catch (CancellationException e) {
      throw new IOException("closed here", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String reason(@Nullable Throwable cause) {
    if (cause instanceof ConnectException) {
      return "nothing answers at " + uri.resolve("/");
    }
    return "no answer from "
        + uri.resolve("/")
        + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
  }

  /** Notes when bytes came, comments included, which the reader of events passes over. */
  private final class Heard extends InputStream {
    private final InputStream in;

    Heard(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = in.read(into, offset, length);
      heardNanos = System.nanoTime();
      return count;
    }
  }

  /** Since when nothing has come. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heardNanos);
  }

  /**
   * Waits for the next event.
   *
   * @throws IOException if the stream has ended or broken
   */
  SseEvent next() throws IOException {
    if (reader == null) {
      throw new IOException("not open");
    }
    return reader.next().orElseThrow(() -> new EOFException("the hub has ended the stream"));
  }

  /** Cuts the connection; whoever waits in it gets an exception. Idempotent. */
  @Override
  public void close() {
    closed = true;
    answer.cancel(true);
    InputStream open = body;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        return; // it is gone, which is what was asked for
      }
    }
  }
}
