package dev.watchhub.hub.nodes;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The newest report of each node, in memory. A node is gone when it says so, or has said nothing
 * for 15 s; 30 s later it is forgotten. Any thread.
 */
public final class NodeLedger {
  /** A node that is there reports more often than this. */
  public static final Duration SILENCE_LIMIT = Duration.ofSeconds(15);

  /** How long one that is gone is still shown. */
  public static final Duration GONE_LIMIT = Duration.ofSeconds(30);

  private static final int MAX_NODES = 10_000;

  /**
   * What is known of a node.
   *
   * @param silent how long ago it reported
   * @param gone whether it has left, or is silent
   */
  public record Entry(NodeReport report, Duration silent, boolean gone) {}

  private record Told(NodeReport report, long atNanos) {}

  private final ConcurrentHashMap<String, Told> byNode = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  /** An empty one. */
  public NodeLedger(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Takes a report in place of the node's one before.
   *
   * @return false if there are too many nodes to take a new one
   */
  public boolean take(NodeReport report) {
    if (!byNode.containsKey(report.node()) && byNode.size() >= MAX_NODES) {
      forget();
      if (byNode.size() >= MAX_NODES) {
        return false;
      }
    }
    byNode.put(report.node(), new Told(report, nanoTime.getAsLong()));
    return true;
  }

  /** What is known, by name. */
  public List<Entry> entries() {
    forget();
    return byNode.values().stream()
        .sorted(Comparator.comparing(told -> told.report.node()))
        .map(
            told ->
                new Entry(told.report, Duration.ofNanos(silentNanos(told)), goneNanos(told) >= 0))
        .toList();
  }

  private long silentNanos(Told told) {
    return nanoTime.getAsLong() - told.atNanos;
  }

  private void forget() {
    byNode.values().removeIf(told -> goneNanos(told) > GONE_LIMIT.toNanos());
  }

  /** How long it has been gone; negative while it is there. */
  private long goneNanos(Told told) {
    return silentNanos(told) - (told.report.leaving() ? 0 : SILENCE_LIMIT.toNanos());
  }
}
