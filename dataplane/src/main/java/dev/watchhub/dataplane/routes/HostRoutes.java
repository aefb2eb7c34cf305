package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * The routes of one {@code uri}, found by host. Immutable.
 *
 * @param byHost by {@link HostPattern#indexed}, winners first; no list is empty
 * @param anyHost those for any host, winners first
 */
record HostRoutes(HashPMap<String, List<Route>> byHost, List<Route> anyHost) {
  static final HostRoutes EMPTY = new HostRoutes(HashTreePMap.empty(), List.of());

  private static final Comparator<Route> FIRST_WINS =
      Comparator.<Route, Boolean>comparing(route -> route.methods().isEmpty())
          .thenComparing(Route::key);

  HostRoutes with(Route route) {
    List<Route> routes = new ArrayList<>(sameHost(route));
    routes.add(route);
    routes.sort(FIRST_WINS);
    return replaced(route, routes);
  }

  HostRoutes without(Route route) {
    List<Route> routes = new ArrayList<>(sameHost(route));
    routes.removeIf(other -> other.key().equals(route.key()));
    return replaced(route, routes);
  }

  private List<Route> sameHost(Route route) {
    return route.hostPattern().equals(HostPattern.ANY)
        ? anyHost
        : byHost.getOrDefault(route.hostPattern().indexed(), List.of());
  }

  private HostRoutes replaced(Route route, List<Route> routes) {
    if (route.hostPattern().equals(HostPattern.ANY)) {
      return new HostRoutes(byHost, List.copyOf(routes));
    }
    String host = route.hostPattern().indexed();
    return new HostRoutes(
        routes.isEmpty() ? byHost.minus(host) : byHost.plus(host, List.copyOf(routes)), anyHost);
  }

  boolean isEmpty() {
    return byHost.isEmpty() && anyHost.isEmpty();
  }

  /**
   * The route for {@code method} at {@code host}, or null.
   *
   * @param host as {@link HostPattern#normalised} gives it
   */
  @Nullable Route find(String host, String method) {
    Route found = byHost.isEmpty() || host.isEmpty() ? null : findByHost(host, method);
    return found != null ? found : first(anyHost, method);
  }

  private @Nullable Route findByHost(String host, String method) {
    Route found = first(byHost.getOrDefault(host, List.of()), method);
    for (int dot = host.indexOf('.'); found == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      found = first(byHost.getOrDefault(host.substring(dot), List.of()), method);
    }
    return found;
  }

  private static @Nullable Route first(List<Route> routes, String method) {
    for (Route route : routes) {
      if (route.methods().isEmpty() || route.methods().contains(method)) {
        return route;
      }
    }
    return null;
  }
}
