package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * All routes at one moment, by key and by what they match. Immutable; a change costs the logarithm
 * of the table, and shares the rest with the table before it.
 */
public final class RouteTable {
  /** No routes. */
  public static final RouteTable EMPTY =
      new RouteTable(HashTreePMap.empty(), UriIndex.EMPTY, HashTreePMap.empty());

  private final HashPMap<String, Route> byKey;
  private final UriIndex byUri;
  private final HashPMap<String, Shadowed> shadowed;

  private RouteTable(
      HashPMap<String, Route> byKey, UriIndex byUri, HashPMap<String, Shadowed> shadowed) {
    this.byKey = byKey;
    this.byUri = byUri;
    this.shadowed = shadowed;
  }

  /** This table with {@code route} in place of what its key held. */
  RouteTable with(Route route) {
    RouteTable without = without(route.key());
    return new RouteTable(
            without.byKey.plus(route.key(), route),
            without.byUri.changed(route.pattern(), routes -> routes.with(route)),
            without.shadowed)
        .judgedBeside(route);
  }

  /** This table without the route of {@code key}; this table itself if there is none. */
  RouteTable without(String key) {
    Route old = byKey.get(key);
    return old == null
        ? this
        : new RouteTable(
                byKey.minus(key),
                byUri.changed(old.pattern(), routes -> routes.without(old)),
                shadowed.minus(key))
            .judgedBeside(old);
  }

  /** With the losers anew among those that claim what {@code changed} claims. */
  private RouteTable judgedBeside(Route changed) {
    Rivals rivals = byUri.at(changed.pattern()).rivals(changed.hostPattern());
    Map<String, Shadowed> losers = rivals.losers();
    HashPMap<String, Shadowed> judged = shadowed;
    for (Route rival : rivals.routes()) {
      Shadowed loser = losers.get(rival.key());
      if (loser == null) {
        judged = judged.minus(rival.key());
      } else if (!loser.equals(judged.get(rival.key()))) {
        judged = judged.plus(rival.key(), loser);
      }
    }
    return new RouteTable(byKey, byUri, judged);
  }

  /** The route of {@code key}. */
  public Optional<Route> route(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /** All of them, in no order. */
  public Collection<Route> routes() {
    return byKey.values();
  }

  /** Routes that lose requests which they claim to another one, by key. */
  public Map<String, Shadowed> shadowed() {
    return shadowed;
  }

  /**
   * The route that a request takes; the order of precedence stands with the package.
   *
   * @param host of the request, without its port; empty when it has none
   * @param path as {@link RoutablePath#matched} gives it
   * @param method in capitals
   */
  public Optional<Route> find(String host, String path, String method) {
    return Optional.ofNullable(byUri.find(path, HostPattern.normalised(host), method));
  }

  /**
   * The routes whose {@code uri} fits a request, in the order in which they are looked at, with
   * what becomes of each. For people: it looks at all of them.
   *
   * @param limit how many to name at most
   */
  public List<Considered> explain(String host, String path, String method, int limit) {
    String normalised = HostPattern.normalised(host);
    String taken = find(host, path, method).map(Route::key).orElse("");
    List<Considered> considered = new ArrayList<>();
    boolean passed = false;
    for (HostRoutes routes : byUri.fitting(path)) {
      for (Route route : routes.inOrder(normalised)) {
        considered.add(Considered.of(route, normalised, method, passed));
        passed |= route.key().equals(taken);
        if (considered.size() == limit) {
          return considered;
        }
      }
    }
    return considered;
  }
}
