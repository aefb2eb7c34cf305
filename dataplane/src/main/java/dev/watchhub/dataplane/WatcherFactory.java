package dev.watchhub.dataplane;

import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchMode;
import dev.watchhub.client.Watcher;

/** Starts the watcher that tells a data plane its routes. */
@FunctionalInterface
public interface WatcherFactory {
  /**
   * Starts to follow {@link DataPlane#KEY_PREFIX}. Must not wait for a connection.
   *
   * @param mode how to follow
   * @param listener what to tell; it may be told before this returns
   * @return a watcher that the caller closes
   */
  Watcher start(WatchMode mode, WatchListener listener);
}
