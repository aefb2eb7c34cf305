package dev.watchhub.dataplane.routes;

/**
 * A route whose {@code uri} fits a request, and what became of it.
 *
 * @param verdict why it takes the request or does not, for a person
 */
public record Considered(Route route, String verdict) {
  /** Why {@code route} is not taken for this host and method, or that it is. */
  static Considered of(Route route, String host, String method, boolean taken) {
    if (!route.hostPattern().fits(host)) {
      return new Considered(route, "its host does not fit");
    }
    if (!route.methods().isEmpty() && !route.methods().contains(method)) {
      return new Considered(route, "its methods do not fit");
    }
    return new Considered(
        route, taken ? "a route above takes the request" : "taken: the first of these that fits");
  }
}
