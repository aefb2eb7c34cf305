package dev.watchhub.bench.stores;

import java.time.Duration;
import java.util.Optional;

/** A store with its watchers, as an arm of a benchmark. Its servers run already. */
public interface Store {
  /** How tables and figures call it. */
  String name();

  /**
   * Why it cannot be measured; empty when it can.
   *
   * @param flushDelay how much longer each flush of a commit shall take
   */
  default Optional<String> missing(Duration flushDelay) {
    return Optional.empty();
  }

  /** Whether it has a watcher at all. */
  default boolean isWatched() {
    return true;
  }

  /** Connects writers and watchers; watchers see everything that is put from then on. */
  OpenStore open(int writers, Duration flushDelay);
}
