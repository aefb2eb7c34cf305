package dev.watchhub.client;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the database itself: LISTEN says that something has changed, {@code changes_since} says
 * what.
 *
 * <p>A notification is a hint and nothing more, so one that is lost, repeated or cut short changes
 * nothing; and every 10 s it asks without a hint.
 *
 * <p>Threading: the listener is called by the watcher's one thread.
 */
public final class NotifyWatcher implements Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(NotifyWatcher.class);

  private final Following following;
  private final Worker worker;

  private NotifyWatcher(Following following, Worker worker) {
    this.following = following;
    this.worker = worker;
  }

  /**
   * Starts to follow; it connects in the background, and again whenever it has to.
   *
   * @param jdbcUrl of a primary; LISTEN needs a connection that no transaction pooler cuts up
   * @param schema the schema of the table {@code config}, an identifier
   * @param prefix keys that start with it
   */
  public static NotifyWatcher start(
      String jdbcUrl, String schema, String prefix, WatchListener listener, Faults faults) {
    Following following = new Following(jdbcUrl, schema, prefix, listener);
    return new NotifyWatcher(following, Worker.start("notify-watcher", following, faults));
  }

  @Override
  public WatchStatus status() {
    return following.status;
  }

  @Override
  public void close() {
    worker.close();
  }

  /**
   * Waits for a hint and asks for changes, once a step.
   *
   * <p>Threading: {@link #poll} belongs to one thread; {@link #unblock} may be called by any.
   */
  private static final class Following implements Worker.Step {
    // Fixed at construction.
    private final String jdbcUrl;
    private final String schema;
    private final String prefix;
    private final WatchListener listener;

    // Polling thread only.
    private Backoff backoff = Backoff.between(Duration.ofMillis(50), Duration.ofSeconds(2));
    private Duration pause = Duration.ZERO;
    private @Nullable String token;

    // Written by the polling thread, read anywhere.
    private volatile WatchStatus status = new WatchStatus(State.CONNECTING, "not connected yet");
    private volatile @Nullable ChangeSource source;

    private volatile boolean stopping;

    Following(String jdbcUrl, String schema, String prefix, WatchListener listener) {
      this.jdbcUrl = jdbcUrl;
      this.schema = schema;
      this.prefix = prefix;
      this.listener = listener;
    }

    @Override
    public int poll() {
      try {
        ChangeSource current = source;
        if (current == null) {
          become(State.CONNECTING, "connecting to the database");
          current = ChangeSource.listen(jdbcUrl, schema, prefix); // first listen, then look
          source = current;
          if (stopping) {
            throw new SQLException("stopping");
          }
        } else {
          current.awaitHint();
        }
        tell(current.changesSince(token));
        backoff = backoff.reset();
        become(State.FOLLOWING, current.description());
        return 1;
      } catch (SQLException e) {
        disconnect();
        if (!stopping) {
          backoff = backoff.next();
          pause = backoff.delay();
          become(State.DISCONNECTED, "the database: " + e.getMessage());
          LOG.warn("not following the database: {}", e.getMessage());
        }
        return 0;
      }
    }

    private void tell(ChangeSource.Answer answer) {
      if (answer.replaces()) {
        if (token != null) {
          LOG.info("the database sends everything anew: {}", answer.resetReason());
        }
        listener.onSnapshot(
            answer.items().stream().sorted(Comparator.comparing(Item::key)).toList());
      } else if (!answer.items().isEmpty()) {
        List<Change> changes = answer.items().stream().map(Change::of).toList();
        listener.onCommit(new Commit(null, null, changes));
      }
      token = answer.token();
    }

    private void become(State state, String detail) {
      WatchStatus now = new WatchStatus(state, detail);
      if (!now.equals(status)) {
        status = now;
        listener.onStatus(now);
      }
    }

    private void disconnect() {
      ChangeSource current = source;
      source = null;
      if (current != null) {
        current.close();
      }
    }

    @Override
    public Duration pause() {
      return pause;
    }

    @Override
    public void unblock() {
      stopping = true;
      ChangeSource current = source;
      if (current != null) {
        current.close();
      }
    }

    @Override
    public void stop() {
      disconnect();
      become(State.CLOSED, "closed");
    }
  }
}
