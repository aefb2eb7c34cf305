package dev.watchhub.client;

/**
 * Where nodes say what they have applied.
 *
 * <p>Threading: one thread.
 */
interface Ledger {
  /**
   * Says it, and waits until it was taken: 2 s at most, and as long again where it must connect
   * first.
   *
   * @param leaving whether the node is going away
   * @throws SourceException if it was not
   */
  void tell(AppliedReport report, boolean leaving);

  /** Releases what it keeps. Idempotent. */
  void close();
}
