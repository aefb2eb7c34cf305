package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.RoutablePath;
import dev.watchhub.dataplane.routes.Route;
import dev.watchhub.dataplane.routes.Upstream;
import org.eclipse.jetty.http.HttpURI;
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

  HttpURI uri() {
    Upstream upstream = route.upstream();
    String fullPath = upstream.basePath() + path.forwarded();
    return HttpURI.from(
        upstream.scheme(),
        upstream.host(),
        upstream.port(),
        query == null ? fullPath : fullPath + "?" + query);
  }
}
