package dev.watchhub.dataplane.routes;

import java.util.Set;

/**
 * What one key says: which requests go where.
 *
 * @param key such as {@code /routes/foo}
 * @param revision of the row that it was read from
 * @param methods in capitals; empty for every method
 */
public record Route(
    String key,
    long revision,
    UriPattern pattern,
    HostPattern hostPattern,
    Set<String> methods,
    Upstream upstream) {
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

  /** For the log: key, revision, what it matches first and where it leads. */
  @Override
  public String toString() {
    return key + " rev=" + revision + " " + uri() + " -> " + upstream.text();
  }
}
