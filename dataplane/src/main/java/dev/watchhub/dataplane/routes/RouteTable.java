package dev.watchhub.dataplane.routes;

import java.util.Collection;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * All routes at one moment, by key and by what they match. Immutable; a change costs the length of
 * a path and the logarithm of the table, and shares the rest with the table before it.
 */
public final class RouteTable {
  /** No routes. */
  public static final RouteTable EMPTY = new RouteTable(HashTreePMap.empty(), PathNode.EMPTY);

  private final HashPMap<String, Route> byKey;
  private final PathNode root;

  private RouteTable(HashPMap<String, Route> byKey, PathNode root) {
    this.byKey = byKey;
    this.root = root;
  }

  /** This table with {@code route} in place of what its key held. */
  RouteTable with(Route route) {
    RouteTable without = without(route.key());
    return new RouteTable(
        without.byKey.plus(route.key(), route),
        without.root.changed(route.pattern(), routes -> routes.with(route)));
  }

  /** This table without the route of {@code key}; this table itself if there is none. */
  RouteTable without(String key) {
    Route old = byKey.get(key);
    return old == null
        ? this
        : new RouteTable(
            byKey.minus(key), root.changed(old.pattern(), routes -> routes.without(old)));
  }

  /** The route of {@code key}. */
  public Optional<Route> route(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /** All of them, in no order. */
  public Collection<Route> routes() {
    return byKey.values();
  }

  /**
   * The route that a request takes; the order of precedence stands with the package.
   *
   * @param host of the request, without its port; empty when it has none
   * @param path as {@link RoutablePath#matched} gives it
   * @param method in capitals
   */
  public Optional<Route> find(String host, String path, String method) {
    return Optional.ofNullable(root.find(path, HostPattern.normalised(host), method));
  }
}
