package dev.watchhub.dataplane.routes;

import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Position;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * What a data plane knows at one moment. Immutable.
 *
 * @param refusedByKey the newest value of each key that is no route; {@code table} has the last
 *     good one of the key, if there was one
 * @param snapshots applied so far; 0 means that the table says nothing yet
 * @param commits applied so far
 * @param changes in those commits
 * @param position of the newest commit; null when it has none or a snapshot came later
 * @param appliedAt when the newest snapshot or commit was applied; null before the first
 */
public record RouteImage(
    RouteTable table,
    HashPMap<String, RefusedRoute> refusedByKey,
    long snapshots,
    long commits,
    long changes,
    @Nullable Position position,
    @Nullable Instant appliedAt) {
  static final RouteImage EMPTY =
      new RouteImage(RouteTable.EMPTY, HashTreePMap.empty(), 0, 0, 0, null, null);

  /** Whether there was a snapshot, so that a missing route means that there is none. */
  public boolean isSynced() {
    return snapshots > 0;
  }

  /** Values that are in the database and are no routes, in no order. */
  public Collection<RefusedRoute> refused() {
    return refusedByKey.values();
  }

  RouteImage afterSnapshot(
      RouteTable newTable, HashPMap<String, RefusedRoute> newRefused, Instant now) {
    return new RouteImage(newTable, newRefused, snapshots + 1, commits, changes, null, now);
  }

  RouteImage afterCommit(
      Commit commit, RouteTable newTable, HashPMap<String, RefusedRoute> newRefused, Instant now) {
    return new RouteImage(
        newTable,
        newRefused,
        snapshots,
        commits + 1,
        changes + commit.changes().size(),
        commit.position(),
        now);
  }
}
