package dev.watchhub.dataplane.routes;

import dev.watchhub.protocol.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/** Puts rows, one after another, to what was known before. Not thread-safe. */
final class RouteFold {
  private final RouteImage before;
  private final RouteTable lastGood;
  private RouteTable table;
  private HashPMap<String, RefusedRoute> refused;
  private final List<String> applied = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();

  private RouteFold(
      RouteImage before,
      RouteTable lastGood,
      RouteTable table,
      HashPMap<String, RefusedRoute> refused) {
    this.before = before;
    this.lastGood = lastGood;
    this.table = table;
    this.refused = refused;
  }

  /** For rows that replace what was there; where one is bad, what its key had stays. */
  static RouteFold replacing(RouteImage before) {
    return new RouteFold(before, before.table(), RouteTable.EMPTY, HashTreePMap.empty());
  }

  /** For rows that come after what was there. */
  static RouteFold following(RouteImage before) {
    return new RouteFold(before, RouteTable.EMPTY, before.table(), before.refusedByKey());
  }

  /**
   * Puts a row that is no tombstone.
   *
   * @param note what the log says besides
   */
  void put(Item row, String note) {
    ReadRoute read = RouteParser.parse(row);
    @Nullable Route old = table.route(row.key()).or(() -> lastGood.route(row.key())).orElse(null);
    if (read instanceof ReadRoute.Good good) {
      table = table.with(old == null ? good.route() : good.route().takingTurnsLike(old));
      refused = refused.minus(row.key());
      applied.add("applied put " + good.route() + note);
    } else if (read instanceof ReadRoute.Bad bad) {
      table = old == null ? table : table.with(old);
      refuse(bad.refused(), old);
    }
  }

  /** Keeps in mind what was refused, and says so once, not at every reconnection. */
  private void refuse(RefusedRoute bad, @Nullable Route lastGood) {
    refused = refused.plus(bad.key(), bad);
    if (!bad.equals(before.refusedByKey().get(bad.key()))) {
      refusals.add(
          "refused put "
              + bad.key()
              + " rev="
              + bad.revision()
              + ": "
              + bad.reason()
              + (lastGood == null
                  ? "; it has no route"
                  : "; rev=" + lastGood.revision() + " stays"));
    }
  }

  /** Applies a deletion; that of a key which is not known is nothing. */
  void delete(Item tombstone, String note) {
    String key = tombstone.key();
    if (table.route(key).isPresent() || refused.containsKey(key)) {
      applied.add("applied delete " + key + " rev=" + tombstone.revision() + note);
    }
    table = table.without(key);
    refused = refused.minus(key);
  }

  RouteTable table() {
    return table;
  }

  HashPMap<String, RefusedRoute> refused() {
    return refused;
  }

  /** A line for each change. */
  List<String> applied() {
    return applied;
  }

  /** A line for each value that is newly refused. */
  List<String> refusals() {
    return refusals;
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
