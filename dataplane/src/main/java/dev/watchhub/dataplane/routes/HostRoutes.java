package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/** The routes of one {@code uri}, found by host. Immutable. */
final class HostRoutes {
  static final HostRoutes EMPTY = new HostRoutes(HashTreePMap.empty());

  private static final Comparator<Route> FIRST_WINS =
      Comparator.<Route, Boolean>comparing(route -> route.methods().isEmpty())
          .thenComparing(Route::key);

  private final HashPMap<String, List<Route>> byHost; // by HostPattern.indexed, winners first

  private HostRoutes(HashPMap<String, List<Route>> byHost) {
    this.byHost = byHost;
  }

  HostRoutes with(Route route) {
    String host = route.hostPattern().indexed();
    List<Route> routes = new ArrayList<>(byHost.getOrDefault(host, List.of()));
    routes.add(route);
    routes.sort(FIRST_WINS);
    return new HostRoutes(byHost.plus(host, List.copyOf(routes)));
  }

  HostRoutes without(Route route) {
    String host = route.hostPattern().indexed();
    List<Route> routes = new ArrayList<>(byHost.getOrDefault(host, List.of()));
    routes.removeIf(other -> other.key().equals(route.key()));
    return new HostRoutes(
        routes.isEmpty() ? byHost.minus(host) : byHost.plus(host, List.copyOf(routes)));
  }

  boolean isEmpty() {
    return byHost.isEmpty();
  }

  /**
   * The route for {@code method} at {@code host}, or null.
   *
   * @param host as {@link HostPattern#normalised} gives it
   */
  @Nullable Route find(String host, String method) {
    Route found = host.isEmpty() ? null : first(host, method);
    for (int dot = host.indexOf('.'); found == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      found = first(host.substring(dot), method);
    }
    return found != null ? found : first("", method);
  }

  private @Nullable Route first(String indexed, String method) {
    List<Route> routes = byHost.get(indexed);
    if (routes != null) {
      for (Route route : routes) {
        if (route.methods().isEmpty() || route.methods().contains(method)) {
          return route;
        }
      }
    }
    return null;
  }
}
