package dev.watchhub.verify.record;

import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ProtocolException;
import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.WatchEvent;
import dev.watchhub.verify.Promise;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.WatchStep;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client of {@code GET /watch} that writes down what it sees, and comes back with the last id
 * when its connection ends.
 *
 * <p>Threading: its own thread reads; everything public may be called by any.
 */
public final class WatchRecording implements AutoCloseable {
  /** A hub sends something every 15 s. */
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(40);

  private static final Backoff RETRY =
      Backoff.between(Duration.ofMillis(20), Duration.ofMillis(500));

  private final URI hub;
  private final WatchRequest request;
  private final SharedCommits shared;
  private final Worker worker;

  // Guarded by steps.
  private final List<WatchStep> steps = new ArrayList<>();

  // Written by the reading thread, read anywhere.
  private volatile @Nullable HubStream stream;
  private volatile @Nullable Position position;
  private volatile String trouble = "";
  private volatile boolean closing;

  private WatchRecording(URI hub, WatchRequest request, SharedCommits shared, Faults faults) {
    this.hub = hub;
    this.request = request;
    this.shared = shared;
    this.position = request.since();
    this.worker = Worker.start("watch-" + request.client(), new Reading(), faults);
  }

  /**
   * Starts to watch; it connects in the background.
   *
   * @param hub its base URL
   * @param shared the same for all recordings of one load
   */
  public static WatchRecording start(
      URI hub, WatchRequest request, SharedCommits shared, Faults faults) {
    return new WatchRecording(hub, request, shared, faults);
  }

  /** What it has seen so far. */
  public WatchHistory history() {
    synchronized (steps) {
      return new WatchHistory(request, Set.of(), steps);
    }
  }

  /** How many steps there are so far. */
  public int stepCount() {
    synchronized (steps) {
      return steps.size();
    }
  }

  /** What it has everything up to; empty before the first event with an id, and after a reset. */
  public Optional<Position> position() {
    return Optional.ofNullable(position);
  }

  /** Why its last connection ended or did not come about; empty if nothing was wrong. */
  public String trouble() {
    return trouble;
  }

  /** Cuts the connection, as a network would; it comes back with its last id. */
  public void cut() {
    HubStream open = stream;
    if (open != null) {
      open.close();
    }
  }

  /** Cuts a connection through which nothing has come for longer than a hub is silent. */
  public void cutIfSilent() {
    HubStream open = stream;
    if (open != null && open.silence().compareTo(SILENCE_LIMIT) > 0) {
      open.close();
    }
  }

  @Override
  public void close() {
    worker.close();
  }

  private void add(WatchStep step) {
    synchronized (steps) {
      steps.add(step);
    }
  }

  private final class Reading implements Worker.Step {
    private Backoff backoff = RETRY;
    private List<Item> snapshot = new ArrayList<>(); // as much as has come of one

    @Override
    public int poll() {
      HubStream open = stream;
      try {
        if (open == null) {
          connect();
        } else {
          take(open.next());
        }
        backoff = backoff.reset();
        return 1;
      } catch (IOException e) {
        trouble = String.valueOf(e.getMessage());
      } catch (ProtocolException e) {
        trouble = String.valueOf(e.getMessage());
        if (!closing) {
          add(
              new WatchStep.Malformed(
                  Promise.ENDED_WITH_A_REASON, "an event of the protocol", trouble));
        }
      }
      drop();
      backoff = backoff.next();
      return 0;
    }

    @Override
    public Duration pause() {
      return backoff.delay();
    }

    private void connect() throws IOException {
      Position after = position;
      HubStream opened = HubStream.request(hub, request, after == null ? null : after.toString());
      stream = opened;
      if (closing) {
        opened.close();
      }
      int status = opened.awaitStatus();
      if (status != 200) {
        add(new WatchStep.Refused(status));
        if (status == 400 || status == 410) {
          position = null; // it may be what the hub does not take
        }
        throw new IOException(hub + " answers with status " + status + ", expected a hub's 200");
      }
      snapshot = new ArrayList<>();
      add(new WatchStep.Connected(after == null ? request.since() : after));
    }

    private void take(SseEvent sse) {
      if (closing) {
        return; // or what is read while closing would seem to be the end
      }
      WatchEvent event = EventJson.event(sse.name(), sse.data());
      if (event instanceof WatchEvent.Snapshot part) {
        snapshot.addAll(part.items());
      } else if (event instanceof WatchEvent.Synced synced) {
        add(new WatchStep.Snapshot(synced.position(), synced.count(), snapshot));
        snapshot = new ArrayList<>();
      } else if (event instanceof WatchEvent.Committed committed) {
        add(new WatchStep.Committed(shared.share(committed.commit())));
      } else if (event instanceof WatchEvent.Bookmark bookmark) {
        add(new WatchStep.Bookmark(bookmark.position()));
      } else if (event instanceof WatchEvent.Reset reset) {
        snapshot = new ArrayList<>();
        add(new WatchStep.Reset(reset.reason()));
      }
      String id = sse.id();
      if (id != null) {
        position = id.isEmpty() ? null : Position.parse(id).orElse(position);
      }
      Optional<String> due = idOf(event);
      if (!due.equals(Optional.ofNullable(id))) {
        add(
            new WatchStep.Malformed(
                Promise.RESUMABLE,
                due.map(text -> "the id '" + text + "'").orElse("no id")
                    + " at '"
                    + sse.name()
                    + "'",
                id == null ? "none" : "the id '" + id + "'"));
      }
    }

    /** The id that an event has to have: only after some of them may a client resume. */
    private static Optional<String> idOf(WatchEvent event) {
      if (event instanceof WatchEvent.Synced synced) {
        return Optional.of(synced.position().toString());
      } else if (event instanceof WatchEvent.Committed committed) {
        return Optional.ofNullable(committed.commit().position()).map(Position::toString);
      } else if (event instanceof WatchEvent.Bookmark bookmark) {
        return Optional.of(bookmark.position().toString());
      }
      return event instanceof WatchEvent.Reset ? Optional.of("") : Optional.empty();
    }

    private void drop() {
      HubStream open = stream;
      stream = null;
      if (open != null) {
        open.close();
      }
    }

    @Override
    public void unblock() {
      closing = true;
      cut();
    }

    @Override
    public void stop() {
      drop();
    }
  }
}
