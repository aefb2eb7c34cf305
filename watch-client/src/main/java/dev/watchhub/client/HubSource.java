package dev.watchhub.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ProtocolException;
import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.WatchEvent;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jetty.client.HttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hub, followed over server-sent events; the last event's id says where to go on. */
final class HubSource implements Source {
  /** A hub sends something every 15 s. */
  static final Duration SILENCE_LIMIT = Duration.ofSeconds(40);

  private static final String BEGINNING = "";
  private static final Logger LOG = LoggerFactory.getLogger(HubSource.class);

  private final HttpClient client;
  private final URI watch;
  private final Duration silenceLimit;
  private String lastEventId;

  private HubSource(HttpClient client, URI watch, Duration silenceLimit, String lastEventId) {
    this.client = client;
    this.watch = watch;
    this.silenceLimit = silenceLimit;
    this.lastEventId = lastEventId;
  }

  /**
   * A hub that nothing is known of yet.
   *
   * @param hub its base URL
   * @param prefixes keys that start with any of them
   * @param node what the follower calls itself; null when it does not
   * @param silenceLimit longest wait for its next bytes
   * @throws IllegalArgumentException if {@code hub} is no HTTP URL
   */
  static HubSource of(
      URI hub, List<String> prefixes, @Nullable String node, Duration silenceLimit) {
    String parameters =
        parameters(prefixes) + (node == null ? "" : "&node=" + URLEncoder.encode(node, UTF_8));
    return new HubSource(
        EventStream.startClient(), watch(hub, parameters), silenceLimit, BEGINNING);
  }

  /**
   * A hub that is known up to a position.
   *
   * @param hub its base URL
   * @param prefixes keys that start with any of them
   * @param since where to go on; null for the beginning, which is a snapshot
   * @throws IllegalArgumentException if {@code hub} is no HTTP URL
   */
  static HubSource after(URI hub, List<String> prefixes, @Nullable Position since) {
    return new HubSource(
        EventStream.startClient(),
        watch(hub, parameters(prefixes)),
        SILENCE_LIMIT,
        since == null ? BEGINNING : since.toString());
  }

  private static String parameters(List<String> prefixes) {
    return prefixes.stream()
        .map(prefix -> "prefix=" + URLEncoder.encode(prefix, UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static URI watch(URI hub, String parameters) {
    if (hub.getHost() == null || !String.valueOf(hub.getScheme()).matches("(?i)https?")) {
      throw new IllegalArgumentException(
          "'" + hub + "' is no URL of a hub: expected one such as http://127.0.0.1:9280");
    }
    return URI.create(hub.toString().replaceAll("/+$", "") + "/watch?" + parameters);
  }

  @Override
  public String name() {
    return watch.toString();
  }

  @Override
  public Link connect() {
    return new HubLink(EventStream.request(client, watch, lastEventId, silenceLimit));
  }

  @Override
  public void close() {
    try {
      client.stop();
    } catch (Exception e) {
      LOG.warn("the HTTP client did not stop in order", e);
    }
  }

  private final class HubLink implements Link {
    private final EventStream stream;
    private List<Item> snapshot = new ArrayList<>(); // as much as has come of one

    HubLink(EventStream stream) {
      this.stream = stream;
    }

    @Override
    public void open() {
      try {
        int status = stream.awaitStatus();
        if (status != 200) {
          if (status == 400 || status == 410) {
            lastEventId = BEGINNING; // it may be what the hub does not take
          }
          throw new SourceException("status " + status + ": " + stream.errorText());
        }
        if (!stream.mediaType().startsWith("text/event-stream")) {
          throw new SourceException(
              "the answer is '" + stream.mediaType() + "', not text/event-stream: no hub?");
        }
      } catch (IOException e) {
        throw new SourceException(String.valueOf(e.getMessage()), e);
      }
    }

    @Override
    public News next() {
      try {
        while (true) {
          SseEvent sse = stream.next();
          WatchEvent event = EventJson.event(sse.name(), sse.data());
          if (sse.id() != null) {
            lastEventId = sse.id();
          }
          if (event instanceof WatchEvent.Snapshot part) {
            snapshot.addAll(part.items());
          } else {
            return news(event);
          }
        }
      } catch (IOException | ProtocolException e) {
        throw new SourceException(String.valueOf(e.getMessage()), e);
      }
    }

    private News news(WatchEvent event) {
      if (event instanceof WatchEvent.Committed committed) {
        Position position = committed.commit().position();
        Extent extent = position == null ? null : Extent.exactly(position);
        return new News.Changed(committed.commit(), extent, false);
      }
      if (event instanceof WatchEvent.Bookmark bookmark) {
        return new News.UpToDate(Extent.exactly(bookmark.position()));
      }
      List<Item> items = snapshot;
      snapshot = new ArrayList<>();
      if (event instanceof WatchEvent.Synced synced) {
        return new News.Everything(items, Extent.exactly(synced.position()), News.Gone.UNKNOWN);
      }
      return new News.StartingOver(((WatchEvent.Reset) event).reason().wire());
    }

    @Override
    public void abort() {
      stream.abort();
    }
  }
}
