package dev.watchhub.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.SseReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpClientTransport;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP response of server-sent events.
 *
 * <p>Threading: one thread reads; {@link #abort} may be called by any.
 */
final class EventStream {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /**
   * A hub begins its answer before it has anything to say. Jetty can lose a request whose
   * connection ends just as it is sent, and says nothing of it.
   */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private static final int MAX_EVENT_BYTES = 256 << 20; // a commit is one event, however large
  private static final int MAX_ERROR_BYTES = 2000;
  private static final int MAX_THREADS = 8;

  private final Request request;
  private final Duration silenceLimit;
  private final InputStreamResponseListener response = new InputStreamResponseListener();
  private final InputStream body = response.getInputStream();
  private final SseReader reader = new SseReader(body, MAX_EVENT_BYTES);
  private @Nullable Response answer;

  private EventStream(Request request, Duration silenceLimit) {
    this.request = request;
    this.silenceLimit = silenceLimit;
  }

  /**
   * Closes its sockets when it stops, also one that is being connected just then, which Jetty
   * forgets.
   */
  private static final class OwnedConnector extends ClientConnector {
    private final Set<SelectableChannel> channels = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    @Override
    protected void configure(SelectableChannel channel) throws IOException {
      super.configure(channel);
      channels.removeIf(other -> !other.isOpen());
      channels.add(channel);
      if (stopped) { // after the add, so that either this or doStop() closes it
        channel.close();
      }
    }

    @Override
    protected void doStop() throws Exception {
      super.doStop();
      stopped = true;
      for (SelectableChannel channel : channels) {
        channel.close();
      }
    }
  }

  /** A client for streams, which the caller stops. */
  static HttpClient startClient() {
    HttpClientTransport transport = new HttpClientTransportOverHTTP(new OwnedConnector());
    transport.setInvocationType(InvocationType.NON_BLOCKING); // the listener hands over, no more
    HttpClient client = new HttpClient(transport);
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("hub-watcher-http");
    client.setExecutor(threads);
    client.setConnectTimeout(CONNECT_LIMIT.toMillis());
    client.setFollowRedirects(false); // abort() would not reach the request that follows one
    // Jetty's own resolver needs a timer, and complains when the client stops while it works.
    SocketAddressResolver resolver = new SocketAddressResolver.Sync();
    client.setSocketAddressResolver(
        (host, port, context, result) ->
            threads.execute(() -> resolver.resolve(host, port, context, result)));
    client.getContentDecoderFactories().clear(); // who compresses a stream holds events back
    try {
      client.start();
      return client;
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP client did not start", e);
    }
  }

  /**
   * Sends a request. Does not wait.
   *
   * @param lastEventId where to go on; empty for the beginning
   * @param silenceLimit longest wait for the next bytes
   */
  static EventStream request(
      HttpClient client, URI uri, String lastEventId, Duration silenceLimit) {
    Request request =
        client
            .newRequest(uri)
            .idleTimeout(silenceLimit.toMillis(), TimeUnit.MILLISECONDS)
            .headers(headers -> headers.put(HttpHeader.ACCEPT, "text/event-stream"));
    if (!lastEventId.isEmpty()) {
      request.headers(headers -> headers.put("Last-Event-ID", lastEventId));
    }
    EventStream stream = new EventStream(request, silenceLimit);
    request.send(stream.response);
    return stream;
  }

  /**
   * Waits for the answer and returns its HTTP status.
   *
   * @throws IOException if there is none; the message says why
   */
  int awaitStatus() throws IOException {
    Duration limit = silenceLimit.compareTo(ANSWER_LIMIT) < 0 ? silenceLimit : ANSWER_LIMIT;
    try {
      answer = response.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return answer.getStatus();
    } catch (TimeoutException e) {
      throw new IOException("nothing came for " + limit, e);
    } catch (ExecutionException e) {
      throw new IOException(reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The media type of the answer; empty if it states none. */
  String mediaType() {
    String type = answer == null ? null : answer.getHeaders().get(HttpHeader.CONTENT_TYPE);
    return type == null ? "" : type;
  }

  /** What an answer that is no stream says, or as much of it as comes. */
  String errorText() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      byte[] piece = new byte[MAX_ERROR_BYTES];
      for (int n = 0; n >= 0 && text.size() < MAX_ERROR_BYTES; n = body.read(piece)) {
        text.write(piece, 0, n);
      }
    } catch (IOException e) {
      text.writeBytes((" (cut off: " + reason(e) + ")").getBytes(UTF_8));
    }
    return text.toString(UTF_8);
  }

  /**
   * Waits for the next event.
   *
   * @throws IOException if the stream has ended or broken, or nothing came for too long; the
   *     message says which
   */
  SseEvent next() throws IOException {
    try {
      return reader.next().orElseThrow(() -> new EOFException("the stream has ended"));
    } catch (IOException e) {
      throw new IOException(reason(e), e);
    }
  }

  /** Jetty's own words name sockets and objects, other ones each time, or say nothing at all. */
  private String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof SocketTimeoutException) {
      return "cannot connect within " + CONNECT_LIMIT.toSeconds() + " s";
    } else if (root instanceof TimeoutException) {
      return "nothing came for " + silenceLimit;
    } else if (root instanceof UnknownHostException || root instanceof UnresolvedAddressException) {
      return "no address is known for the host " + request.getHost();
    } else if (root instanceof EOFException) {
      return "the other side has ended the connection";
    } else if (root instanceof ConnectException || root.getMessage() != null) {
      return String.valueOf(root.getMessage());
    }
    return "the connection broke: " + root.getClass().getSimpleName();
  }

  /** Cuts the connection; whoever waits in it gets an exception. Idempotent. */
  void abort() {
    var unused = request.abort(new IOException("closed here")); // done when nobody is left to ask
  }
}
