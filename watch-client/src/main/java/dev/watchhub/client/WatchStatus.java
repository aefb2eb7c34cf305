package dev.watchhub.client;

/**
 * How a {@link Watcher} stands.
 *
 * @param state what it is doing
 * @param detail for a person: whom it follows, or why it does not
 */
public record WatchStatus(State state, String detail) {
  /** What a watcher can be doing. */
  public enum State {
    /** Connecting, or waiting for the other side to be ready; what was known before may be old. */
    CONNECTING,
    /** Everything was told up to now; changes are told as they happen. */
    FOLLOWING,
    /** The connection is lost; it tries again by itself. */
    DISCONNECTED,
    /** Closed. */
    CLOSED
  }
}
