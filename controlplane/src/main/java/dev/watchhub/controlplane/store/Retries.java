package dev.watchhub.controlplane.store;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.Supplier;

/** Begins a transaction anew that the server ended for the sake of another. */
final class Retries {
  private static final int MAX_ATTEMPTS = 3;

  /** Serialization failure, deadlock. */
  private static final Set<String> ENDED_FOR_ANOTHER = Set.of("40001", "40P01");

  private Retries() {}

  /** What {@code attempt} returns, tried three times at most; the last failure is thrown. */
  static <T> T of(Supplier<T> attempt) {
    for (int i = 1; i < MAX_ATTEMPTS; i++) {
      try {
        return attempt.get();
      } catch (StoreException e) {
        if (!(e.getCause() instanceof SQLException cause)
            || !ENDED_FOR_ANOTHER.contains(cause.getSQLState())) {
          throw e;
        }
      }
    }
    return attempt.get();
  }
}
