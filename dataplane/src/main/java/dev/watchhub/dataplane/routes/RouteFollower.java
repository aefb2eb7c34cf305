package dev.watchhub.dataplane.routes;

import dev.watchhub.client.Reached;
import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchStatus;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what a watcher tells to the {@link RouteImage}.
 *
 * <p>A snapshot and a commit are each applied whole, with one write of the reference. A value that
 * is no route or no upstream leaves the key's last good one in place.
 *
 * <p>Threading: the listener's methods are called by the watcher's thread; any thread reads.
 */
public final class RouteFollower implements WatchListener {
  private static final Logger LOG = LoggerFactory.getLogger(RouteFollower.class);

  private static final int MAX_CONFLICT_LINES = 20;

  /** Is told what the follower does, on the watcher's thread. */
  public interface Observer {
    /**
     * A change is being applied, so long after its row was written; negative where clocks differ.
     */
    default void delayed(long millis) {}

    /** There is a new image. */
    default void changed() {}

    /** It is known anew how far the image reaches. */
    default void reached() {}
  }

  // fixed at construction
  private final InstantSource clock;
  private final Observer observer;
  private final AppliedLog appliedLog = new AppliedLog(LOG);

  // written by the watcher's thread, read anywhere
  private volatile RouteImage image;
  private volatile WatchStatus status =
      new WatchStatus(WatchStatus.State.CONNECTING, "the watch has not begun");

  /**
   * Follows from what was known at the end of another run.
   *
   * @param first {@link RouteImage#EMPTY} when nothing was
   * @param clock for the delay between the writing of a row and its use; to be compared with the
   *     database's clock
   */
  public RouteFollower(RouteImage first, InstantSource clock, Observer observer) {
    image = first;
    this.clock = clock;
    this.observer = observer;
  }

  /** What is known now. Any thread. */
  public RouteImage image() {
    return image;
  }

  /** How the watcher stands, as it last said. Any thread. */
  public WatchStatus status() {
    return status;
  }

  /** Ends the seconds of the log: what was applied faster than it is logged line by line. */
  public Worker.Step appliedLog() {
    return appliedLog;
  }

  @Override
  public void onSnapshot(List<Item> items) {
    RouteImage before = image;
    RouteFold fold = RouteFold.replacing(before);
    items.forEach(item -> fold.put(item, ""));
    fold.settle();
    image = before.afterSnapshot(fold, clock.instant());
    LOG.info(
        "applied a snapshot: {} routes, {} upstreams, {} values refused",
        image.table().routes().size(),
        image.upstreams().upstreams().size(),
        image.refused().size());
    fold.refusals().forEach(LOG::warn);
    tellConflicts(fold);
    observer.changed();
  }

  @Override
  public void onCommit(Commit commit) {
    RouteImage before = image;
    RouteFold fold = RouteFold.following(before);
    long greatestDelayMillis = Long.MIN_VALUE;
    for (Change change : commit.changes()) {
      Item item = change.item();
      long delayMillis = clock.millis() - item.createTime();
      String note = " watch_delay=" + delayMillis + " ms";
      if (change.op() == Change.Op.DELETE) {
        fold.delete(item, note);
      } else {
        fold.put(item, note);
      }
      observer.delayed(delayMillis);
      greatestDelayMillis = Math.max(greatestDelayMillis, delayMillis);
    }
    fold.settle();
    image = before.afterCommit(commit, fold, clock.instant());
    appliedLog.applied(fold.applied(), greatestDelayMillis);
    fold.refusals().forEach(LOG::warn);
    tellConflicts(fold);
    observer.changed();
  }

  private static void tellConflicts(RouteFold fold) {
    List<String> lines = fold.conflicts();
    lines.stream().limit(MAX_CONFLICT_LINES).forEach(LOG::warn);
    if (lines.size() > MAX_CONFLICT_LINES) {
      LOG.warn("{} more of these; /status has them", lines.size() - MAX_CONFLICT_LINES);
    }
  }

  @Override
  public void onReached(Reached reached) {
    image = image.reaching(reached, clock.instant());
    observer.reached();
  }

  @Override
  public void onStatus(WatchStatus newStatus) {
    boolean change = isFollowing(status) != isFollowing(newStatus);
    status = newStatus;
    if (change) {
      LOG.info("watch {}: {}", newStatus.state(), newStatus.detail());
    } else { // the same again, or one of many attempts to reconnect
      LOG.debug("watch {}: {}", newStatus.state(), newStatus.detail());
    }
  }

  private static boolean isFollowing(WatchStatus status) {
    return status.state() == WatchStatus.State.FOLLOWING;
  }
}
