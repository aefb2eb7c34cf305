package dev.watchhub.client;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.net.URI;

/**
 * Follows a hub over server-sent events.
 *
 * <p>Threading: the listener is called by the watcher's one thread.
 */
public final class HubWatcher implements Watcher {
  private final WatchLoop loop;
  private final Worker worker;

  private HubWatcher(WatchLoop loop, Worker worker) {
    this.loop = loop;
    this.worker = worker;
  }

  /**
   * Starts to follow; it connects in the background, and again whenever it has to.
   *
   * @param hub the hub's base URL, such as {@code http://127.0.0.1:9280}
   * @param prefix keys that start with it
   * @throws IllegalArgumentException if {@code hub} is no HTTP URL
   */
  public static HubWatcher start(URI hub, String prefix, WatchListener listener, Faults faults) {
    return start(HubSource.of(hub, prefix, HubSource.SILENCE_LIMIT), listener, faults);
  }

  static HubWatcher start(HubSource source, WatchListener listener, Faults faults) {
    WatchLoop loop = new WatchLoop(source, listener, System::nanoTime);
    return new HubWatcher(loop, Worker.start("hub-watcher", loop, faults));
  }

  @Override
  public WatchStatus status() {
    return loop.status();
  }

  @Override
  public void close() {
    worker.close();
  }
}
