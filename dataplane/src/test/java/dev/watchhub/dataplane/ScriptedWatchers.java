package dev.watchhub.dataplane;

import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchMode;
import dev.watchhub.client.WatchStatus;
import dev.watchhub.client.Watcher;
import org.jspecify.annotations.Nullable;

/** Starts one watcher, which tells what the test tells it. */
public final class ScriptedWatchers implements WatcherFactory {
  private @Nullable WatchListener listener;
  private boolean closed;

  @Override
  public Watcher start(WatchMode mode, WatchListener newListener) {
    listener = newListener;
    return new Watcher() {
      @Override
      public WatchStatus status() {
        return new WatchStatus(WatchStatus.State.FOLLOWING, "a script");
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  /** Whom the watcher tells. */
  public WatchListener listener() {
    if (listener == null) {
      throw new IllegalStateException("not started");
    }
    return listener;
  }

  /** Whether the watcher was closed. */
  public boolean isClosed() {
    return closed;
  }
}
