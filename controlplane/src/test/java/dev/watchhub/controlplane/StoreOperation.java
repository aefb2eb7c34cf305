package dev.watchhub.controlplane;

import dev.watchhub.controlplane.store.Condition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something to do with the store. A place is a revision in per cent of the newest one, so that a
 * sequence means something whatever revisions it makes.
 */
sealed interface StoreOperation {
  /** A condition that knows its revision only when it is used. */
  enum Guard {
    NONE,
    ABSENT,
    EXISTS,
    CURRENT,
    OUTDATED;

    Condition on(String key, StoreModel model) {
      return switch (this) {
        case NONE -> Condition.NONE;
        case ABSENT -> Condition.ABSENT;
        case EXISTS -> Condition.EXISTS;
        case CURRENT ->
            model.now(key).map(row -> Condition.revision(row.revision())).orElse(Condition.ABSENT);
        case OUTDATED ->
            model.rows(key).isEmpty()
                ? Condition.revision(1)
                : Condition.revision(model.rows(key).get(0).revision());
      };
    }
  }

  /** Writes a value, or deletes. */
  record Write(String key, @Nullable String value, Guard guard) implements StoreOperation {}

  /**
   * Compares, and writes one of two lists.
   *
   * @param compare key to guard; NONE compares with the value {@code x}
   * @param then key to value, {@code -} to delete
   */
  record Txn(Map<String, Guard> compare, Map<String, String> then, Map<String, String> otherwise)
      implements StoreOperation {}

  record Rollback(String key, int place, boolean dryRun) implements StoreOperation {}

  record RollbackPrefix(String prefix, int place, boolean dryRun) implements StoreOperation {}

  /** Compacts before a revision, or to the latest rows if the place is over 100. */
  record Compact(int place) implements StoreOperation {}

  record ReadAsOf(String key, int place) implements StoreOperation {}

  record ListAsOf(String prefix, int place, int pageItems) implements StoreOperation {}

  record History(String key, int pageRows) implements StoreOperation {}

  /** Everything that was done, for who reads a failure. */
  static String told(List<StoreOperation> operations) {
    return String.join("\n", operations.stream().map(Object::toString).toList());
  }
}
