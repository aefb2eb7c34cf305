package dev.watchhub.controlplane.store;

/** What a read of the past found. */
public sealed interface Past<T> {
  /** What was there. */
  record Known<T>(T value) implements Past<T> {}

  /**
   * Compaction took what was asked for.
   *
   * @param oldest the oldest revision as of which the same read still finds what was there
   */
  record Compacted<T>(long oldest) implements Past<T> {}

  /**
   * The revision has not been given out yet.
   *
   * @param newest the highest one that has; 0 if none has
   */
  record Future<T>(long newest) implements Past<T> {}

  /** What the earlier pages of a list were read from is not there any more: begin again. */
  record Torn<T>() implements Past<T> {}
}
