package dev.watchhub.protocol;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction's changes, in the order of its rows; or, from a database that is asked instead of
 * followed, what several transactions changed since it was asked last.
 *
 * @param position a watch may resume after it; null when it may not resume here
 * @param committedAt when the transaction committed, by the database's clock; null when not known
 * @param changes only those that the filter lets through, never empty
 */
public record Commit(
    @Nullable Position position, @Nullable Instant committedAt, List<Change> changes) {
  public Commit {
    changes = List.copyOf(changes);
  }
}
