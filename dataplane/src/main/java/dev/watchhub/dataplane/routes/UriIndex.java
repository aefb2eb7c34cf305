package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Routes by {@code uri}. Immutable: a change copies a few short arrays and shares the rest.
 *
 * @param exact by the whole path
 * @param below those of {@code /prefix/*}, by the prefix
 */
record UriIndex(TextMap<HostRoutes> exact, TextMap<HostRoutes> below) {
  static final UriIndex EMPTY = new UriIndex(TextMap.empty(), TextMap.empty());

  /** With the routes of {@code pattern} changed by {@code change}. */
  UriIndex changed(UriPattern pattern, UnaryOperator<HostRoutes> change) {
    HostRoutes routes = change.apply(at(pattern));
    return pattern.prefix()
        ? new UriIndex(exact, put(below, pattern, routes))
        : new UriIndex(put(exact, pattern, routes), below);
  }

  private static TextMap<HostRoutes> put(
      TextMap<HostRoutes> map, UriPattern pattern, HostRoutes routes) {
    return routes.isEmpty() ? map.without(pattern.path()) : map.with(pattern.path(), routes);
  }

  /** The routes of {@code pattern}. */
  HostRoutes at(UriPattern pattern) {
    HostRoutes routes = (pattern.prefix() ? below : exact).get(pattern.path());
    return routes == null ? HostRoutes.EMPTY : routes;
  }

  /** All routes whose {@code uri} fits, the longest first. */
  List<HostRoutes> fitting(String path) {
    List<HostRoutes> fitting = new ArrayList<>();
    HostRoutes whole = exact.get(path);
    if (whole != null) {
      fitting.add(whole);
    }
    int longest = UriPattern.MAX_CHARS - 1;
    for (int slash = path.lastIndexOf('/', longest);
        slash >= 0;
        slash = path.lastIndexOf('/', slash - 1)) {
      HostRoutes prefixed = below.get(path.substring(0, slash));
      if (prefixed != null) {
        fitting.add(prefixed);
      }
    }
    return fitting;
  }

  /**
   * The route of the longest {@code uri} that fits, or null.
   *
   * @param path as {@link RoutablePath#matched} gives it
   */
  @Nullable Route find(String path, String host, String method) {
    int hash = path.hashCode();
    HostRoutes whole = exact.get(path, path.length(), hash);
    Route found = whole == null ? null : whole.find(host, method);
    for (int end = path.length() - 1; found == null && end >= 0; end--) {
      char last = path.charAt(end);
      hash = TextMap.hashWithout(last, hash);
      if (last == '/' && end < UriPattern.MAX_CHARS) {
        HostRoutes prefixed = below.get(path, end, hash);
        found = prefixed == null ? null : prefixed.find(host, method);
      }
    }
    return found;
  }
}
