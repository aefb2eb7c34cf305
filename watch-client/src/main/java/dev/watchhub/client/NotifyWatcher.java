package dev.watchhub.client;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;

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
  private final WatchLoop loop;
  private final Worker worker;

  private NotifyWatcher(WatchLoop loop, Worker worker) {
    this.loop = loop;
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
    return start(
        new NotifySource(jdbcUrl, schema, prefix, NotifySource.HINT_LIMIT), listener, faults);
  }

  static NotifyWatcher start(NotifySource source, WatchListener listener, Faults faults) {
    WatchLoop loop = new WatchLoop(source, listener, System::nanoTime);
    return new NotifyWatcher(loop, Worker.start("notify-watcher", loop, faults));
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
