package dev.watchhub.controlplane.store;

import org.jspecify.annotations.Nullable;

/**
 * What must hold for a key when it is written.
 *
 * @param expected as the functions of the schema take it: null for nothing, 0 for no value, -1 for
 *     any value, else the revision of its value
 */
public record Condition(@Nullable Long expected) {
  /** Whatever is there. */
  public static final Condition NONE = new Condition(null);

  /** The key has no value. */
  public static final Condition ABSENT = new Condition(0L);

  /** The key has a value. */
  public static final Condition EXISTS = new Condition(-1L);

  /** The key has the value that was written at {@code revision}, from 1. */
  public static Condition revision(long revision) {
    if (revision < 1) {
      throw new IllegalArgumentException("no row has revision " + revision);
    }
    return new Condition(revision);
  }
}
