package dev.watchhub.bench.subscribers;

/** Told of the marks that a watcher saw, as soon as it has the bytes. */
@FunctionalInterface
public interface MarkListener {
  /**
   * One event.
   *
   * @see Mark#value
   */
  void mark(int lane, long number, long sentNanos);
}
