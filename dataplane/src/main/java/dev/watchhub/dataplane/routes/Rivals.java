package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Routes of the same {@code uri} and {@code host}, winners first. Immutable.
 *
 * @param routes in the order in which they are asked whether they take a method
 */
record Rivals(List<Route> routes) {
  static final Rivals NONE = new Rivals(List.of());

  private static final Comparator<Route> FIRST_WINS =
      Comparator.<Route, Boolean>comparing(route -> route.methods().isEmpty())
          .thenComparing(Comparator.comparingInt(Route::priority).reversed())
          .thenComparing(Route::key);

  Rivals with(Route route) {
    List<Route> more = new ArrayList<>(routes);
    more.add(route);
    more.sort(FIRST_WINS);
    return new Rivals(List.copyOf(more));
  }

  Rivals without(Route route) {
    return new Rivals(routes.stream().filter(other -> !other.key().equals(route.key())).toList());
  }

  boolean isEmpty() {
    return routes.isEmpty();
  }

  /** The route that takes {@code method}, or null. */
  @Nullable Route first(String method) {
    for (Route route : routes) {
      if (route.methods().isEmpty() || route.methods().contains(method)) {
        return route;
      }
    }
    return null;
  }

  /**
   * Who claims what another route has, by key. A route for all methods loses nothing to one that
   * names some: it is meant to take the rest.
   */
  Map<String, Shadowed> losers() {
    if (routes.size() < 2) {
      return Map.of();
    }
    Map<String, Shadowed> losers = new HashMap<>();
    Map<String, Route> owners = new HashMap<>();
    Route rest = null; // who has all methods that nobody names
    for (Route route : routes) {
      if (route.methods().isEmpty()) {
        if (rest == null) {
          rest = route;
        } else {
          losers.put(route.key(), new Shadowed(route.key(), Map.of(rest.key(), Set.of())));
        }
        continue;
      }
      Map<String, Set<String>> lost = new LinkedHashMap<>();
      for (String method : new TreeSet<>(route.methods())) {
        Route owner = owners.putIfAbsent(method, route);
        if (owner != null) {
          lost.computeIfAbsent(owner.key(), key -> new TreeSet<>()).add(method);
        }
      }
      if (!lost.isEmpty()) {
        losers.put(route.key(), new Shadowed(route.key(), lost));
      }
    }
    return losers;
  }
}
