package dev.watchhub.dataplane.routes;

import java.util.List;
import java.util.Objects;

/**
 * The routes that wait for an upstream which is not known, each the newest of its key. Immutable.
 *
 * @param byKey by the key of the route
 * @param references which of them wait for which upstream
 */
record WaitingRoutes(TextMap<Route> byKey, References references) {
  static final WaitingRoutes NONE = new WaitingRoutes(TextMap.empty(), References.NONE);

  WaitingRoutes with(Route route) {
    WaitingRoutes others = without(route.key());
    return new WaitingRoutes(others.byKey.with(route.key(), route), others.references.with(route));
  }

  WaitingRoutes without(String key) {
    Route old = byKey.get(key);
    return old == null ? this : new WaitingRoutes(byKey.without(key), references.without(old));
  }

  /** Those that wait for an upstream. */
  List<Route> on(String upstream) {
    return references.to(upstream).stream()
        .map(key -> Objects.requireNonNull(byKey.get(key)))
        .toList();
  }
}
