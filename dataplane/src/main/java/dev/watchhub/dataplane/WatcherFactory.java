package dev.watchhub.dataplane;

import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchMode;

/** Starts the watcher that tells a data plane its routes. */
@FunctionalInterface
public interface WatcherFactory {
  /**
   * Starts to follow {@link DataPlane#KEY_PREFIX}. Must not wait for a connection.
   *
   * @param mode how to follow at first
   * @param listener what to tell; it may be told before this returns
   * @return a watcher that the caller closes
   */
  SwitchableWatcher start(WatchMode mode, WatchListener listener);
}
