package dev.watchhub.controlplane.compaction;

import dev.watchhub.controlplane.hubs.HubPositions;
import dev.watchhub.controlplane.store.CompactionHorizon;
import dev.watchhub.controlplane.store.CompactionStore;
import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.protocol.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Which transactions everybody who follows the table has seen.
 *
 * <p>A subscriber of a hub says how far it has come as a place in the log, and a row of the table
 * says which transaction wrote it. So it is noted every few seconds where the log ends and which
 * transactions have ended: whoever has come there has seen those.
 *
 * <p>Threading: any.
 */
final class Followers {
  private static final int MAX_MARKS = 1000;

  private final CompactionStore store;
  private final HubPositions hubs;
  private final Deque<CompactionHorizon> marks = new ArrayDeque<>(); // newest first

  Followers(CompactionStore store, HubPositions hubs) {
    this.store = store;
    this.hubs = hubs;
  }

  /** Notes where the log ends. */
  void mark() {
    if (!hubs.isEmpty()) {
      mark(store.horizon());
    }
  }

  private synchronized void mark(CompactionHorizon now) {
    marks.removeIf(mark -> !comparable(mark.position(), now.position()));
    marks.addFirst(now);
    if (marks.size() > MAX_MARKS) {
      marks.removeLast();
    }
  }

  /**
   * The first transaction that somebody may not have seen.
   *
   * @return {@link Long#MAX_VALUE} if nobody follows; 0 if it cannot be told, as when a hub does
   *     not answer
   * @throws StoreException if the database does not say
   */
  long unseenTxid() {
    CompactionHorizon now = store.horizon();
    Long nodes = now.nodesTxid();
    long seenByNodes = nodes == null ? Long.MAX_VALUE : nodes;
    if (hubs.isEmpty()) {
      return seenByNodes;
    }
    mark(now);
    Optional<List<Position>> positions = hubs.ask();
    return positions.isEmpty() ? 0 : Math.min(seenByNodes, seenBySubscribers(positions.get()));
  }

  private synchronized long seenBySubscribers(List<Position> positions) {
    if (positions.isEmpty()) {
      return Long.MAX_VALUE;
    }
    return marks.stream()
        .filter(mark -> positions.stream().allMatch(at -> isBehind(mark.position(), at)))
        .mapToLong(CompactionHorizon::endedTxid)
        .max()
        .orElse(0);
  }

  private static boolean isBehind(Position mark, Position at) {
    return comparable(mark, at) && at.lsn().compareTo(mark.lsn()) >= 0;
  }

  private static boolean comparable(Position a, Position b) {
    return a.cluster() == b.cluster() && a.timeline() == b.timeline();
  }

  /** How long after a mark the next one is worth its query. */
  static Duration markEvery() {
    return Duration.ofSeconds(5);
  }
}
