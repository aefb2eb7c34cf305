package dev.watchhub.dataplane.routes;

import dev.watchhub.client.Reached;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * What a data plane knows at one moment. Immutable.
 *
 * @param refusedByKey the newest value of each key that is no route; {@code table} has the last
 *     good one of the key, if there was one
 * @param snapshots applied so far; 0 means that the table is empty, or of an earlier run
 * @param commits applied so far
 * @param changes in those commits
 * @param reached how far it reaches; null when that is not known
 * @param appliedAt when the newest snapshot or commit was applied; null before the first
 * @param currentAt when this was last known to be what the database holds; null when never
 */
public record RouteImage(
    RouteTable table,
    HashPMap<String, RefusedRoute> refusedByKey,
    long snapshots,
    long commits,
    long changes,
    @Nullable Reached reached,
    @Nullable Instant appliedAt,
    @Nullable Instant currentAt) {
  /** Nothing is known. */
  public static final RouteImage EMPTY =
      new RouteImage(RouteTable.EMPTY, HashTreePMap.empty(), 0, 0, 0, null, null, null);

  /**
   * What an earlier run knew.
   *
   * @param good rows that were served; one that is no route any more is left out
   * @param currentAt when that was what the database held
   */
  public static RouteImage restored(
      List<Item> good, List<RefusedRoute> refused, Instant currentAt) {
    RouteFold fold = RouteFold.replacing(EMPTY);
    good.forEach(item -> fold.put(item, ""));
    HashPMap<String, RefusedRoute> byKey = fold.refused();
    for (RefusedRoute one : refused) {
      byKey = byKey.plus(one.key(), one);
    }
    return new RouteImage(fold.table(), byKey, 0, 0, 0, null, null, currentAt);
  }

  /** Whether there was a snapshot in this run. */
  public boolean isSynced() {
    return snapshots > 0;
  }

  /** Whether a missing route means that there is, or was, none. */
  public boolean isKnown() {
    return currentAt != null;
  }

  /** Values that are in the database and are no routes, in no order. */
  public Collection<RefusedRoute> refused() {
    return refusedByKey.values();
  }

  RouteImage afterSnapshot(
      RouteTable newTable, HashPMap<String, RefusedRoute> newRefused, Instant now) {
    return new RouteImage(newTable, newRefused, snapshots + 1, commits, changes, null, now, now);
  }

  RouteImage afterCommit(
      Commit commit, RouteTable newTable, HashPMap<String, RefusedRoute> newRefused, Instant now) {
    return new RouteImage(
        newTable,
        newRefused,
        snapshots,
        commits + 1,
        changes + commit.changes().size(),
        commit.position() == null ? reached : Reached.at(commit.position()),
        now,
        now);
  }

  RouteImage reaching(Reached now, Instant at) {
    return new RouteImage(
        table,
        refusedByKey,
        snapshots,
        commits,
        changes,
        now,
        appliedAt,
        isSynced() ? at : currentAt);
  }
}
