package dev.watchhub.bench.load;

/** One connection that puts. Used by one thread. */
public interface Putter extends AutoCloseable {
  /**
   * Returns when the value is durable.
   *
   * @throws Exception of the client; the measurement does not count then
   */
  void put(String key, String value) throws Exception;

  @Override
  void close();
}
