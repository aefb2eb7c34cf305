package dev.watchhub.client;

/**
 * Follows the configuration under a prefix and tells a {@link WatchListener}, until it is closed.
 *
 * <p>It starts with a snapshot, survives the loss of whatever it talks to, and reconnects by itself
 * without missing a change. A new snapshot comes only when it could not go on from where it was.
 */
public interface Watcher extends AutoCloseable {
  /** How it stands now. Any thread. */
  WatchStatus status();

  /** Ends the watch; no call of the listener is under way or comes later. Idempotent. */
  @Override
  void close();
}
