package dev.watchhub.hub.nodes;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest report of each node, in memory. A node is gone when it says so, or has said nothing
 * for 15 s; 30 s later it is forgotten. Any thread.
 */
public final class NodeLedger {
  /** A node that is there reports more often than this. */
  public static final Duration SILENCE_LIMIT = Duration.ofSeconds(15);

  /** How long one that is gone is still shown. */
  public static final Duration GONE_LIMIT = Duration.ofSeconds(30);

  /** Most nodes that it keeps. */
  public static final int MAX_NODES = 10_000;

  /** Most heap that all reports together may take. */
  public static final long MAX_BYTES = 64L << 20;

  /**
   * What is known of a node.
   *
   * @param silent how long ago it reported
   * @param gone whether it has left, or is silent
   * @param conflict whether two nodes report under its name, so that it says nothing of either
   */
  public record Entry(NodeReport report, Duration silent, boolean gone, boolean conflict) {}

  private record Told(NodeReport report, long atNanos, @Nullable Rival rival) {}

  /**
   * What was started at another time and reported under the same name.
   *
   * @param atNanos when it did so last
   * @param cameBack whether it did so after the other had; a node that was started anew does not
   */
  private record Rival(@Nullable Instant startedAt, long atNanos, boolean cameBack) {}

  private final AtomicLong bytes = new AtomicLong(); // of byNode
  private final ConcurrentHashMap<String, Told> byNode = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;
  private final long beganNanos;

  /** An empty one, which collects from now on. */
  public NodeLedger(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.beganNanos = nanoTime.getAsLong();
  }

  /** For how long it has collected reports; nodes that are there may be missing at first. */
  public Duration collecting() {
    return Duration.ofNanos(nanoTime.getAsLong() - beganNanos);
  }

  /**
   * Takes a report in place of the node's one before.
   *
   * @return false if there are {@link #MAX_NODES} others, or the reports would take more than
   *     {@link #MAX_BYTES}; the one before stays
   */
  public boolean take(NodeReport report) {
    if (!hasRoom(report)) {
      forget();
      if (!hasRoom(report)) {
        return false;
      }
    }
    long now = nanoTime.getAsLong();
    byNode.compute(
        report.node(),
        (node, before) -> {
          bytes.addAndGet(report.heapBytes() - (before == null ? 0 : before.report.heapBytes()));
          return new Told(report, now, before == null ? null : rival(report, now, before));
        });
    return true;
  }

  private static @Nullable Rival rival(NodeReport report, long now, Told before) {
    Instant started = report.startedAt();
    Rival rival = before.rival;
    if (Objects.equals(started, before.report.startedAt())) {
      return rival;
    }
    boolean cameBack =
        rival != null
            && Objects.equals(started, rival.startedAt)
            && now - rival.atNanos < SILENCE_LIMIT.toNanos();
    return new Rival(before.report.startedAt(), before.atNanos, cameBack);
  }

  private boolean isConflict(Told told) {
    Rival rival = told.rival;
    return rival != null
        && rival.cameBack
        && nanoTime.getAsLong() - rival.atNanos < SILENCE_LIMIT.toNanos();
  }

  private boolean hasRoom(NodeReport report) {
    Told before = byNode.get(report.node());
    long freed = before == null ? 0 : before.report.heapBytes();
    return (before != null || byNode.size() < MAX_NODES)
        && bytes.get() - freed + report.heapBytes() <= MAX_BYTES;
  }

  /** What is known, by name. */
  public List<Entry> entries() {
    forget();
    return byNode.values().stream()
        .sorted(Comparator.comparing(told -> told.report.node()))
        .map(
            told ->
                new Entry(
                    told.report,
                    Duration.ofNanos(silentNanos(told)),
                    goneNanos(told) >= 0,
                    isConflict(told)))
        .toList();
  }

  private long silentNanos(Told told) {
    return nanoTime.getAsLong() - told.atNanos;
  }

  private void forget() {
    for (Told told : byNode.values()) {
      if (goneNanos(told) > GONE_LIMIT.toNanos() && byNode.remove(told.report.node(), told)) {
        bytes.addAndGet(-told.report.heapBytes());
      }
    }
  }

  /** How long it has been gone; negative while it is there. */
  private long goneNanos(Told told) {
    return silentNanos(told) - (told.report.leaving() ? 0 : SILENCE_LIMIT.toNanos());
  }
}
