package dev.watchhub.dataplane.routes;

/** What {@link RouteParser} made of a row. */
sealed interface ReadRoute {
  /** The value is a route. */
  record Good(Route route) implements ReadRoute {}

  /** The value is no route. */
  record Bad(RefusedRoute refused) implements ReadRoute {}
}
