package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.BenchException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that is looked at now and then. Stateless. */
final class Waiting {
  private Waiting() {}

  /**
   * Returns once {@code done} says so.
   *
   * @param what for the message when it takes too long
   */
  static void until(String what, Duration every, Duration limit, BooleanSupplier done) {
    long start = System.nanoTime();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new BenchException("%s: not so within %s".formatted(what, limit));
      }
      LockSupport.parkNanos(every.toNanos());
    }
  }
}
