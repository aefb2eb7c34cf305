package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one {@code uri}, found by host. Immutable.
 *
 * @param byHost by {@link HostPattern#indexed}; none of them is empty
 * @param anyHost those for any host
 */
record HostRoutes(TextMap<Rivals> byHost, Rivals anyHost) {
  static final HostRoutes EMPTY = new HostRoutes(TextMap.empty(), Rivals.NONE);

  HostRoutes with(Route route) {
    return replaced(route, rivals(route.hostPattern()).with(route));
  }

  HostRoutes without(Route route) {
    return replaced(route, rivals(route.hostPattern()).without(route));
  }

  /** Those of one host pattern. */
  Rivals rivals(HostPattern host) {
    return host.equals(HostPattern.ANY) ? anyHost : at(host.indexed());
  }

  private Rivals at(String host) {
    Rivals rivals = byHost.get(host);
    return rivals == null ? Rivals.NONE : rivals;
  }

  private HostRoutes replaced(Route route, Rivals rivals) {
    if (route.hostPattern().equals(HostPattern.ANY)) {
      return new HostRoutes(byHost, rivals);
    }
    String host = route.hostPattern().indexed();
    return new HostRoutes(
        rivals.isEmpty() ? byHost.without(host) : byHost.with(host, rivals), anyHost);
  }

  boolean isEmpty() {
    return byHost.isEmpty() && anyHost.isEmpty();
  }

  /**
   * All of them, in the order in which they are asked at {@code host}; those that do not fit last.
   */
  List<Route> inOrder(String host) {
    List<Route> routes = new ArrayList<>(host.isEmpty() ? List.of() : at(host).routes());
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      routes.addAll(at(host.substring(dot)).routes());
    }
    routes.addAll(anyHost.routes());
    Set<String> fitting = routes.stream().map(Route::key).collect(Collectors.toSet());
    byHost.forEach(
        rivals ->
            rivals.routes().stream()
                .filter(route -> !fitting.contains(route.key()))
                .forEach(routes::add));
    return routes;
  }

  /**
   * The route for {@code method} at {@code host}, or null.
   *
   * @param host as {@link HostPattern#normalised} gives it
   */
  @Nullable Route find(String host, String method) {
    Route found = byHost.isEmpty() || host.isEmpty() ? null : findByHost(host, method);
    return found != null ? found : anyHost.first(method);
  }

  private @Nullable Route findByHost(String host, String method) {
    Route found = at(host).first(method);
    for (int dot = host.indexOf('.'); found == null && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      found = at(host.substring(dot)).first(method);
    }
    return found;
  }
}
