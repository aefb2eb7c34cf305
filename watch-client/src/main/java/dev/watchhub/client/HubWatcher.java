package dev.watchhub.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.ProtocolException;
import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.WatchEvent;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.client.HttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a hub over server-sent events.
 *
 * <p>Threading: the listener is called by the watcher's one thread.
 */
public final class HubWatcher implements Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(HubWatcher.class);

  private final Following following;
  private final HttpClient client;
  private final Worker worker;

  private HubWatcher(Following following, HttpClient client, Worker worker) {
    this.following = following;
    this.client = client;
    this.worker = worker;
  }

  /**
   * Starts to follow; it connects in the background, and again whenever it has to.
   *
   * @param hub the hub's base URL, such as {@code http://127.0.0.1:9280}
   * @param prefix keys that start with it
   */
  public static HubWatcher start(URI hub, String prefix, WatchListener listener, Faults faults) {
    HttpClient client = EventStream.newClient();
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP client did not start", e);
    }
    URI watch = hub.resolve("/watch?prefix=" + URLEncoder.encode(prefix, UTF_8));
    Following following = new Following(client, watch, listener);
    return new HubWatcher(following, client, Worker.start("hub-watcher", following, faults));
  }

  @Override
  public WatchStatus status() {
    return following.status;
  }

  @Override
  public void close() {
    worker.close();
    try {
      client.stop();
    } catch (Exception e) {
      LOG.warn("the HTTP client did not stop in order", e);
    }
  }

  /**
   * Reads one event at a time.
   *
   * <p>Threading: {@link #poll} belongs to one thread; {@link #unblock} may be called by any.
   */
  private static final class Following implements Worker.Step {
    // Fixed at construction.
    private final HttpClient client;
    private final URI watch;
    private final WatchListener listener;

    // Polling thread only.
    private Backoff backoff = Backoff.between(Duration.ofMillis(50), Duration.ofSeconds(2));
    private Duration pause = Duration.ZERO;
    private String lastEventId = "";
    private List<Item> snapshot = new ArrayList<>();

    // Written by the polling thread, read anywhere.
    private volatile WatchStatus status = new WatchStatus(State.CONNECTING, "not connected yet");
    private volatile @Nullable EventStream stream;

    private volatile boolean stopping;

    Following(HttpClient client, URI watch, WatchListener listener) {
      this.client = client;
      this.watch = watch;
      this.listener = listener;
    }

    @Override
    public int poll() {
      try {
        EventStream current = stream;
        if (current == null) {
          become(State.CONNECTING, "connecting to " + watch);
          stream = EventStream.open(client, watch, lastEventId, opening -> stream = opening);
          if (stopping) {
            throw new IOException("stopping");
          }
        } else {
          accept(current.next());
        }
        return 1;
      } catch (IOException | ProtocolException e) {
        EventStream broken = stream;
        stream = null;
        if (broken != null) {
          broken.abort();
        }
        if (stopping) {
          return 0;
        }
        snapshot = new ArrayList<>();
        backoff = backoff.next();
        pause = backoff.delay();
        become(State.DISCONNECTED, watch + ": " + e.getMessage());
        LOG.warn("not following {}: {}", watch, e.getMessage());
        return 0;
      }
    }

    private void accept(SseEvent sse) {
      WatchEvent event = EventJson.event(sse.name(), sse.data());
      if (event instanceof WatchEvent.Snapshot part) {
        snapshot.addAll(part.items());
      } else if (event instanceof WatchEvent.Synced) {
        List<Item> items = snapshot;
        snapshot = new ArrayList<>();
        listener.onSnapshot(items);
        follow();
      } else if (event instanceof WatchEvent.Committed committed) {
        listener.onCommit(committed.commit());
      } else if (event instanceof WatchEvent.Reset reset) {
        LOG.info("the hub sends everything anew: {}", reset.reason().wire());
        snapshot = new ArrayList<>();
        become(State.CONNECTING, "waiting for a snapshot: " + reset.reason().wire());
      } else {
        follow(); // a bookmark
      }
      if (sse.id() != null) {
        lastEventId = sse.id();
      }
    }

    private void follow() {
      backoff = backoff.reset();
      become(State.FOLLOWING, watch.toString());
    }

    private void become(State state, String detail) {
      WatchStatus now = new WatchStatus(state, detail);
      if (!now.equals(status)) {
        status = now;
        listener.onStatus(now);
      }
    }

    @Override
    public Duration pause() {
      return pause;
    }

    @Override
    public void unblock() {
      stopping = true;
      EventStream current = stream;
      if (current != null) {
        current.abort();
      }
    }

    @Override
    public void stop() {
      EventStream current = stream;
      if (current != null) {
        current.abort();
      }
      become(State.CLOSED, "closed");
    }
  }
}
