package dev.watchhub.dataplane.routes;

import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchStatus;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what a watcher tells to the {@link RouteImage}.
 *
 * <p>A snapshot and a commit are each applied whole, with one write of the reference. A value that
 * is no route leaves the key's last good one in place.
 *
 * <p>Threading: the listener's methods are called by the watcher's thread; any thread reads.
 */
public final class RouteFollower implements WatchListener {
  private static final Logger LOG = LoggerFactory.getLogger(RouteFollower.class);

  // fixed at construction
  private final InstantSource clock;

  // written by the watcher's thread, read anywhere
  private volatile RouteImage image = RouteImage.EMPTY;
  private volatile WatchStatus status =
      new WatchStatus(WatchStatus.State.CONNECTING, "the watch has not begun");

  /**
   * Knows nothing yet.
   *
   * @param clock for the delay between the writing of a row and its use; to be compared with the
   *     database's clock
   */
  public RouteFollower(InstantSource clock) {
    this.clock = clock;
  }

  /** What is known now. Any thread. */
  public RouteImage image() {
    return image;
  }

  /** How the watcher stands, as it last said. Any thread. */
  public WatchStatus status() {
    return status;
  }

  @Override
  public void onSnapshot(List<Item> items) {
    RouteImage before = image;
    RouteTable table = RouteTable.EMPTY;
    HashPMap<String, RefusedRoute> refused = HashTreePMap.empty();
    List<String> refusals = new ArrayList<>();
    for (Item item : items) {
      ReadRoute read = RouteParser.parse(item);
      if (read instanceof ReadRoute.Good good) {
        table = table.with(good.route());
      } else if (read instanceof ReadRoute.Bad bad) {
        Route lastGood = before.table().route(item.key()).orElse(null);
        table = lastGood == null ? table : table.with(lastGood);
        refused = refused.plus(item.key(), bad.refused());
        if (!bad.refused().equals(before.refusedByKey().get(item.key()))) {
          refusals.add(line(bad.refused(), lastGood)); // said once, not at every reconnection
        }
      }
    }
    image = before.afterSnapshot(table, refused, clock.instant());
    LOG.info(
        "applied a snapshot: {} routes, {} values refused", table.routes().size(), refused.size());
    refusals.forEach(LOG::warn);
  }

  @Override
  public void onCommit(Commit commit) {
    RouteImage before = image;
    RouteTable table = before.table();
    HashPMap<String, RefusedRoute> refused = before.refusedByKey();
    List<String> applied = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (Change change : commit.changes()) {
      Item item = change.item();
      if (change.op() == Change.Op.DELETE) {
        if (table.route(item.key()).isPresent() || refused.containsKey(item.key())) {
          applied.add("applied delete " + item.key() + " rev=" + item.revision() + delay(item));
        }
        table = table.without(item.key());
        refused = refused.minus(item.key());
        continue;
      }
      ReadRoute read = RouteParser.parse(item);
      if (read instanceof ReadRoute.Good good) {
        table = table.with(good.route());
        refused = refused.minus(item.key());
        applied.add("applied put " + good.route() + delay(item));
      } else if (read instanceof ReadRoute.Bad bad) {
        refused = refused.plus(item.key(), bad.refused());
        refusals.add(line(bad.refused(), table.route(item.key()).orElse(null)));
      }
    }
    image = before.afterCommit(commit, table, refused, clock.instant());
    applied.forEach(LOG::info);
    refusals.forEach(LOG::warn);
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

  private String delay(Item item) {
    return " watch_delay=" + (clock.millis() - item.createTime()) + " ms";
  }

  private static String line(RefusedRoute refused, @Nullable Route lastGood) {
    return "refused put "
        + refused.key()
        + " rev="
        + refused.revision()
        + ": "
        + refused.reason()
        + (lastGood == null ? "; it has no route" : "; rev=" + lastGood.revision() + " stays");
  }
}
