package dev.watchhub.dataplane.routes;

import dev.watchhub.client.Reached;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * What a data plane knows at one moment. Immutable.
 *
 * @param table the routes that are served
 * @param upstreams what these may refer to, and everything that they do refer to
 * @param waiting routes that are refused for want of an upstream
 * @param refusedByKey the newest value of each key that is refused; {@code table} or {@code
 *     upstreams} has the last good one of the key, if there was one
 * @param snapshots applied so far; 0 means that the table is empty, or of an earlier run
 * @param commits applied so far
 * @param changes in those commits
 * @param reached how far it reaches; null when that is not known
 * @param appliedAt when the newest snapshot or commit was applied; null before the first
 * @param currentAt when this was last known to be what the database holds; null when never
 */
public record RouteImage(
    RouteTable table,
    UpstreamTable upstreams,
    WaitingRoutes waiting,
    HashPMap<String, RefusedValue> refusedByKey,
    long snapshots,
    long commits,
    long changes,
    @Nullable Reached reached,
    @Nullable Instant appliedAt,
    @Nullable Instant currentAt) {
  /** Nothing is known. */
  public static final RouteImage EMPTY =
      new RouteImage(
          RouteTable.EMPTY,
          UpstreamTable.EMPTY,
          WaitingRoutes.NONE,
          HashTreePMap.empty(),
          0,
          0,
          0,
          null,
          null,
          null);

  /**
   * What an earlier run knew.
   *
   * @param good rows of routes and upstreams that were served; one that is none any more is left
   *     out
   * @param currentAt when that was what the database held
   */
  public static RouteImage restored(
      List<Item> good, List<RefusedValue> refused, Instant currentAt) {
    RouteFold fold = RouteFold.replacing(EMPTY);
    good.forEach(item -> fold.put(item, ""));
    fold.settle();
    HashPMap<String, RefusedValue> byKey = fold.refused();
    for (RefusedValue one : refused) {
      byKey = byKey.plus(one.key(), one);
    }
    return new RouteImage(
        fold.table(), fold.upstreams(), fold.waiting(), byKey, 0, 0, 0, null, null, currentAt);
  }

  /** Whether there was a snapshot in this run. */
  public boolean isSynced() {
    return snapshots > 0;
  }

  /** Whether a missing route means that there is, or was, none. */
  public boolean isKnown() {
    return currentAt != null;
  }

  /** What is in the database and is not applied, in no order. */
  public Collection<RefusedValue> refused() {
    return refusedByKey.values();
  }

  /** The nodes that a route of this image leads to. */
  public Upstream upstream(Route route) {
    return route.destination() instanceof UpstreamRef ref
        ? upstreams.upstream(ref.key()).orElseThrow().upstream()
        : (Upstream) route.destination();
  }

  /** The revision that is in use of a key; empty when none is. */
  public Optional<Long> servedRevision(String key) {
    return UpstreamRef.isUpstream(key)
        ? upstreams.upstream(key).map(SharedUpstream::revision)
        : table.route(key).map(Route::revision);
  }

  RouteImage afterSnapshot(RouteFold fold, Instant now) {
    return new RouteImage(
        fold.table(),
        fold.upstreams(),
        fold.waiting(),
        fold.refused(),
        snapshots + 1,
        commits,
        changes,
        null,
        now,
        now);
  }

  RouteImage afterCommit(Commit commit, RouteFold fold, Instant now) {
    return new RouteImage(
        fold.table(),
        fold.upstreams(),
        fold.waiting(),
        fold.refused(),
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
        upstreams,
        waiting,
        refusedByKey,
        snapshots,
        commits,
        changes,
        now,
        appliedAt,
        isSynced() ? at : currentAt);
  }
}
