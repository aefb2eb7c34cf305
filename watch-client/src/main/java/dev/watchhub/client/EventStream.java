package dev.watchhub.client;

import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.SseReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * One HTTP response of server-sent events.
 *
 * <p>Threading: one thread reads; {@link #abort} may be called by any.
 */
final class EventStream {
  /** A hub sends something every 15 s. */
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(40);

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final int MAX_EVENT_BYTES = 256 << 20; // a commit is one event, however large
  private static final int MAX_ERROR_BYTES = 2000;
  private static final int MAX_THREADS = 8;

  private final Request request;
  private final InputStreamResponseListener response = new InputStreamResponseListener();
  private final SseReader reader = new SseReader(response.getInputStream(), MAX_EVENT_BYTES);

  private EventStream(Request request) {
    this.request = request;
  }

  /** A client for streams, not started. */
  static HttpClient newClient() {
    HttpClient client = new HttpClient();
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("hub-watcher-http");
    client.setExecutor(threads);
    client.setConnectTimeout(CONNECT_LIMIT.toMillis());
    return client;
  }

  /**
   * Sends the request and waits for the status of its answer.
   *
   * @param lastEventId where to go on; empty for the beginning
   * @param opening is given the stream before it is waited for, so that it can be aborted
   * @throws IOException if there is no answer, or one that is no stream; the message has what the
   *     other side said
   */
  static EventStream open(
      HttpClient client, URI uri, String lastEventId, Consumer<EventStream> opening)
      throws IOException {
    Request request =
        client
            .newRequest(uri)
            .idleTimeout(SILENCE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .headers(headers -> headers.put("Accept", "text/event-stream"));
    if (!lastEventId.isEmpty()) {
      request.headers(headers -> headers.put("Last-Event-ID", lastEventId));
    }
    EventStream stream = new EventStream(request);
    opening.accept(stream);
    request.send(stream.response);
    Response answer = stream.answer();
    if (answer.getStatus() != HttpStatus.OK_200) {
      byte[] said = stream.response.getInputStream().readNBytes(MAX_ERROR_BYTES);
      throw new IOException(
          "status " + answer.getStatus() + ": " + new String(said, StandardCharsets.UTF_8).strip());
    }
    return stream;
  }

  private Response answer() throws IOException {
    try {
      return response.get(SILENCE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + SILENCE_LIMIT, e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * Waits for the next event.
   *
   * @throws EOFException if the other side has ended the stream
   * @throws IOException if the connection broke, or nothing came for too long
   */
  SseEvent next() throws IOException {
    return reader.next().orElseThrow(() -> new EOFException("the hub has ended the stream"));
  }

  /** Cuts the connection; whoever waits in {@link #next} gets an exception. Idempotent. */
  void abort() {
    var unused = request.abort(new IOException("closed here")); // done when nobody is left to ask
  }
}
