package dev.watchhub.dataplane.routes;

import java.util.Set;

/**
 * What one key says: which requests go where.
 *
 * @param key such as {@code /routes/foo}
 * @param revision of the row that it was read from
 * @param methods in capitals; empty for every method
 * @param priority among routes of the same {@code uri} and {@code host}; the higher comes first
 * @param value as it stands in that row
 */
public record Route(
    String key,
    long revision,
    UriPattern pattern,
    HostPattern hostPattern,
    Set<String> methods,
    int priority,
    Destination destination,
    Forwarding forwarding,
    String value) {
  public Route {
    methods = Set.copyOf(methods);
  }

  /** Its {@code uri} as it was written. */
  public String uri() {
    return pattern.text();
  }

  /** Its {@code host} in lower case; empty for any host. */
  public String host() {
    return hostPattern.text();
  }

  /**
   * The path that its upstream is asked for, without the node's base path: of a request that this
   * route takes.
   */
  public String forwardedPath(RoutablePath path) {
    return forwarding.stripPrefix() ? path.without(pattern.path()) : path.forwarded();
  }

  /** This route with the turns of {@code before}, if that has the same nodes. */
  Route takingTurnsLike(Route before) {
    return destination.equals(before.destination)
        ? new Route(
            key,
            revision,
            pattern,
            hostPattern,
            methods,
            priority,
            before.destination,
            forwarding,
            value)
        : this;
  }

  /** Whether {@code other} was read from the same row. */
  boolean isOfTheRowOf(Route other) {
    return revision == other.revision && value.equals(other.value);
  }

  /** For the log: key, revision, what it matches first and where it leads. */
  @Override
  public String toString() {
    return key + " rev=" + revision + " " + uri() + " -> " + destination.text();
  }
}
