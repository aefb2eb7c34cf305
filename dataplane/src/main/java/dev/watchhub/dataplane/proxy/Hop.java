package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.RoutablePath;
import dev.watchhub.dataplane.routes.Route;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request: which route it takes and what its upstream is asked for.
 *
 * @param query as it came, without the {@code ?}; null when there was none
 */
record Hop(Route route, RoutablePath path, @Nullable String query) {
  private static final String ATTRIBUTE = Hop.class.getName();

  /** The way that {@link #attachTo} gave {@code request}. */
  static Hop of(Request request) {
    return (Hop) request.getAttribute(ATTRIBUTE);
  }

  void attachTo(Request request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** The path that the upstream is asked for. */
  String fullPath() {
    return route.upstream().basePath() + path.forwarded();
  }
}
