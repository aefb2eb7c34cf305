package dev.watchhub.client;

/**
 * A way to follow the configuration; from one connection to the next it keeps where to go on.
 *
 * <p>Threading: the thread of its {@link WatchLoop} only, {@link Link#abort} excepted.
 */
interface Source {
  /** Whom it follows, for a person. */
  String name();

  /** The same once it is followed, with what a person should know of the way it is. */
  default String following() {
    return name();
  }

  /** Begins to connect. Does not wait. */
  Link connect();

  /** Whether somebody waits for it to come as far as another source has. Any thread. */
  default void hurry(boolean hurried) {}

  /** Releases what it keeps from one connection to the next; no link is in use any more. */
  default void close() {}

  /** One connection. */
  interface Link {
    /**
     * Waits until it stands.
     *
     * @throws SourceException if it does not come about
     */
    void open();

    /**
     * Waits for the next news.
     *
     * @throws SourceException if the connection is lost, or what comes cannot be used
     */
    News next();

    /**
     * Cuts the connection, or the attempt at one; whoever waits in it gets an exception soon. Any
     * thread; idempotent.
     */
    void abort();
  }
}
