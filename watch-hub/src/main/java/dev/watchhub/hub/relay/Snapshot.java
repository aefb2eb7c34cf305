package dev.watchhub.hub.relay;

import java.util.HashSet;
import java.util.Set;

/**
 * Which transactions had ended at one moment, as {@code pg_snapshot} says it.
 *
 * @param text the server's form, {@code xmin:xmax:xip,xip}
 * @param xmax this transaction id and all above had not ended
 * @param running nor had these below it
 * @see <a
 *     href="https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-INFO-SNAPSHOT">Transaction
 *     ID and Snapshot Information Functions</a>
 */
record Snapshot(String text, long xmax, Set<Long> running) {
  /**
   * Reads the server's form.
   *
   * @throws IllegalArgumentException for anything else
   */
  static Snapshot parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("no pg_snapshot: " + text);
    }
    Set<Long> running = new HashSet<>();
    for (String xid : parts[2].isEmpty() ? new String[0] : parts[2].split(",", -1)) {
      running.add(Long.parseLong(xid));
    }
    return new Snapshot(text, Long.parseLong(parts[1]), Set.copyOf(running));
  }

  /** Whether the transaction had ended: committed, and its rows visible, or rolled back. */
  boolean sees(long xid) {
    return xid < xmax && !running.contains(xid);
  }

  /** The transactions below {@code xid} that had not ended. */
  Set<Long> unendedBelow(long xid) {
    Set<Long> unended = new HashSet<>();
    running.stream().filter(each -> each < xid).forEach(unended::add);
    for (long each = xmax; each < xid; each++) {
      unended.add(each);
    }
    return unended;
  }
}
