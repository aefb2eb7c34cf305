package dev.watchhub.bench.fanout;

/** One connection through which events are published. Used by one thread at a time. */
interface Publisher extends AutoCloseable {
  /**
   * Publishes, and returns when the server has said that it took the event.
   *
   * @param index of the subscriber's prefix for {@link Layout#EACH}, of this publisher for {@link
   *     Layout#SHARED}
   * @throws dev.watchhub.bench.harness.BenchException when the server did not
   */
  void publish(Layout layout, int index, String value);

  @Override
  void close();
}
