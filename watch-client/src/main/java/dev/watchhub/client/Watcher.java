package dev.watchhub.client;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.protocol.Position;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the configuration under some prefixes and tells a {@link WatchListener}, until it is
 * closed.
 *
 * <p>It starts with a snapshot, survives the loss of whatever it talks to, and reconnects by itself
 * without missing a change. A new snapshot comes only when it could not go on from where it was.
 *
 * <p>Threading: the listener is called by one thread at a time.
 */
public interface Watcher extends AutoCloseable {
  /**
   * Follows a hub over server-sent events. It connects in the background.
   *
   * @param hub the hub's base URL, such as {@code http://127.0.0.1:9280}
   * @param prefixes keys that start with any of them
   * @throws IllegalArgumentException if {@code hub} is no HTTP URL
   */
  static Watcher ofHub(URI hub, List<String> prefixes, WatchListener listener, Faults faults) {
    return ofHub(hub, prefixes, null, listener, faults);
  }

  /**
   * The same, going on from a position: then a snapshot comes first only if the hub cannot go on
   * from there.
   *
   * @param since everything up to here is known; null to start with a snapshot
   * @throws IllegalArgumentException if {@code hub} is no HTTP URL
   */
  static Watcher ofHub(
      URI hub,
      List<String> prefixes,
      @Nullable Position since,
      WatchListener listener,
      Faults faults) {
    Source source = HubSource.after(hub, prefixes, since);
    return LoopWatcher.start("hub-watcher", source, listener, faults);
  }

  /**
   * Follows the database itself: LISTEN says that something has changed, {@code changes_since} says
   * what. A notification is a hint and nothing more, so one that is lost, repeated or cut short
   * changes nothing; and every 10 s it asks without a hint. It connects in the background.
   *
   * @param jdbcUrl of a primary; LISTEN needs a connection that no transaction pooler cuts up
   * @param schema the schema of the table {@code config}, an identifier
   * @param prefixes keys that start with any of them
   */
  static Watcher ofDatabase(
      String jdbcUrl, String schema, List<String> prefixes, WatchListener listener, Faults faults) {
    Source source = new NotifySource(jdbcUrl, schema, prefixes, NotifySource.HINT_LIMIT, false);
    return LoopWatcher.start("notify-watcher", source, listener, faults);
  }

  /** How it stands now. Any thread. */
  WatchStatus status();

  /** Ends the watch; no call of the listener is under way or comes later. Idempotent. */
  @Override
  void close();
}
