package dev.watchhub.controlplane.store;

/**
 * What became of one key of a transaction.
 *
 * @param what was to be done with it
 */
public record KeyOutcome(What what, String key, WriteOutcome outcome) {
  /** What a transaction does with a key. */
  public enum What {
    /** Compares it; told only when that does not hold. */
    COMPARE,
    /** Gives it a value. */
    PUT,
    /** Takes its value away. */
    DELETE
  }
}
