package dev.watchhub.dataplane.routes;

import dev.watchhub.protocol.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;

/**
 * Puts rows to what was known before, as one change: in which order the rows of different keys come
 * makes no difference. Not thread-safe.
 */
final class RouteFold {
  /** A row that waits until those of all upstreams are known. */
  private record Row(Item item, String note) {}

  private final RouteImage before;
  private final RouteTable lastGood;
  private RouteTable table;
  private WaitingRoutes waiting;
  private final Refusals refusals;
  private final UpstreamFold upstreams;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> applied = new ArrayList<>();

  private RouteFold(RouteImage before, RouteImage lastGood, RouteImage start) {
    this.before = before;
    this.lastGood = lastGood.table();
    table = start.table();
    waiting = start.waiting();
    refusals = new Refusals(before.refusedByKey(), start.refusedByKey());
    upstreams = new UpstreamFold(lastGood.upstreams(), start.upstreams(), refusals);
  }

  /** For rows that replace what was there; where one is bad, what its key had stays. */
  static RouteFold replacing(RouteImage before) {
    return new RouteFold(before, before, RouteImage.EMPTY);
  }

  /** For rows that come after what was there. */
  static RouteFold following(RouteImage before) {
    return new RouteFold(before, RouteImage.EMPTY, before);
  }

  /**
   * Puts a row that is no tombstone.
   *
   * @param note what the log says besides
   */
  void put(Item row, String note) {
    if (UpstreamRef.isUpstream(row.key())) {
      upstreams.put(row, note);
    } else {
      rows.add(new Row(row, note));
    }
  }

  /** Applies a deletion; that of a key which is not known is nothing. */
  void delete(Item tombstone, String note) {
    if (UpstreamRef.isUpstream(tombstone.key())) {
      upstreams.delete(tombstone, note);
    } else {
      rows.add(new Row(tombstone, note));
    }
  }

  /** Ends the rows; to be called before what has become of them is asked for. */
  void settle() {
    for (Row row : rows) {
      waiting = waiting.without(row.item.key());
      if (row.item.value() == null) {
        drop(row.item, row.note);
      } else {
        take(row.item, row.note);
      }
    }
    for (String upstream : upstreams.arrived()) {
      for (Route route : waiting.on(upstream)) {
        if (upstreams.isKnown((UpstreamRef) route.destination())) {
          waiting = waiting.without(route.key());
          apply(route, ", which waited for it");
        }
      }
    }
    upstreams.settle();
  }

  private void take(Item row, String note) {
    String key = row.key();
    @Nullable Route old = table.route(key).or(() -> lastGood.route(key)).orElse(null);
    ReadValue<Route> read = RouteParser.parse(row);
    if (read instanceof ReadValue.Bad<Route> bad) {
      refuse(bad.refused(), old);
    } else if (read instanceof ReadValue.Good<Route> good) {
      Route route = good.value();
      if (!(route.destination() instanceof UpstreamRef ref) || upstreams.isKnown(ref)) {
        apply(old == null ? route : route.takingTurnsLike(old), note);
      } else if (old != null && old.isOfTheRowOf(route)) {
        apply(old, note); // it is served already, by an upstream that is deleted since
      } else {
        waiting = waiting.with(route);
        String reason = "'upstream' refers to " + ref.key() + ", which is not known";
        refuse(new RefusedValue(key, row.revision(), reason), old);
      }
    }
  }

  private void refuse(RefusedValue refused, @Nullable Route old) {
    refusals.put(refused);
    if (old != null) {
      serve(old);
    }
  }

  private void apply(Route route, String note) {
    serve(route);
    refusals.remove(route.key());
    applied.add("applied put " + route + note);
  }

  private void serve(Route route) {
    upstreams.served(table.route(route.key()).orElse(null), route);
    table = table.with(route);
  }

  private void drop(Item tombstone, String note) {
    String key = tombstone.key();
    @Nullable Route old = table.route(key).orElse(null);
    if (old != null || refusals.get(key) != null) {
      applied.add("applied delete " + key + " rev=" + tombstone.revision() + note);
    }
    upstreams.served(old, null);
    table = table.without(key);
    refusals.remove(key);
  }

  RouteTable table() {
    return table;
  }

  UpstreamTable upstreams() {
    return upstreams.table();
  }

  WaitingRoutes waiting() {
    return waiting;
  }

  HashPMap<String, RefusedValue> refused() {
    return refusals.byKey();
  }

  /** A line for each change. */
  List<String> applied() {
    return Stream.concat(upstreams.applied().stream(), applied.stream()).toList();
  }

  /** A line for each value that is newly refused. */
  List<String> refusals() {
    Stream<String> values =
        refusals
            .lines(
                key ->
                    table
                        .route(key)
                        .map(Route::revision)
                        .or(() -> upstreams().upstream(key).map(SharedUpstream::revision)))
            .stream();
    return Stream.concat(values, upstreams.kept().stream()).toList();
  }

  /**
   * A line for each route that newly loses requests to another, and for each that does not any
   * more.
   */
  List<String> conflicts() {
    var was = before.table().shadowed();
    var is = table.shadowed();
    List<String> lines = new ArrayList<>();
    if (is == was) {
      return lines;
    }
    is.forEach(
        (key, loser) -> {
          if (!Objects.equals(loser, was.get(key))) {
            lines.add(loser.toString());
          }
        });
    was.keySet().stream()
        .filter(key -> !is.containsKey(key))
        .forEach(key -> lines.add(key + " claims nothing any more that another route has"));
    return lines;
  }
}
