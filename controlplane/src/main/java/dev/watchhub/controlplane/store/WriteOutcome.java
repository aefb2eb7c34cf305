package dev.watchhub.controlplane.store;

import org.jspecify.annotations.Nullable;

/** What became of a write of one key. */
public sealed interface WriteOutcome permits Written, WriteOutcome.Absent, WriteOutcome.Refused {
  /** There was nothing to delete. */
  record Absent() implements WriteOutcome {}

  /**
   * The condition did not hold; nothing was written.
   *
   * @param revision of the value that the key has; null if it has none
   */
  record Refused(@Nullable Long revision) implements WriteOutcome {}
}
