package dev.watchhub.hub.replication;

/**
 * How far the confirmed position may trail, so that the server keeps no more write-ahead log for
 * the slot than it is meant to. One thread only.
 *
 * <p>The server lets go of log only when the confirmed position passes a place that it has noted,
 * and notes the next one only then. After a burst that place may be at the burst's end, and what
 * was noted before it at its beginning: a position that trails would hold back all between. So when
 * the slot holds too much, and no open transaction is to blame, it does not trail for a while. A
 * running hub needs nothing of the slot's tail; one that is started again serves a shorter past.
 */
final class WalAllowance {
  private static final long FIRST_BYTES = 1 << 20;

  private final long configured;
  private long bound;
  private long allowed;

  /** Allows {@code configured} bytes. */
  WalAllowance(long configured) {
    this.configured = configured;
    this.bound = configured;
    this.allowed = configured;
  }

  /** The server invalidates a slot that holds more than {@code bytes}. */
  void serverKeeps(long bytes) {
    bound = Math.min(configured, bytes / 2); // the slot would be lost by our own doing
    allowed = Math.min(allowed, bound);
  }

  /**
   * Takes note of what the slot holds: too much, and nothing may trail until it is half the bound;
   * then more with each report.
   */
  void note(SlotReport report) {
    if (report.walBytes() > bound && report.oldest() == null) {
      allowed = 0; // the next place may lie just behind the end of the log
    } else if (report.walBytes() <= bound / 2) {
      allowed = Math.min(bound, Math.max(allowed * 2, FIRST_BYTES));
    }
  }

  /** What is allowed now. */
  long bytes() {
    return allowed;
  }
}
