package dev.watchhub.dataplane.routes;

import dev.watchhub.http.ProblemException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where a route sends its requests.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address, IPv6 in brackets
 * @param port 1 to 65535
 * @param basePath what stands before the path of a request; empty, or from {@code /} on without one
 *     at its end
 * @param text as it was written
 */
public record Upstream(String scheme, String host, int port, String basePath, String text) {
  private static final String EXPECTED = "'upstream' must be an http or https URL";

  /**
   * Reads an {@code upstream}.
   *
   * @throws BadRouteException if it is none
   */
  static Upstream parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new BadRouteException(EXPECTED);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new BadRouteException(EXPECTED);
    }
    if (uri.getHost() == null) {
      throw new BadRouteException(EXPECTED + " with a host");
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new BadRouteException(EXPECTED + " without a user, a query or a fragment");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("http") ? 80 : 443;
    if (port < 1 || port > 65535) {
      throw new BadRouteException(EXPECTED + " with a port of 1 to 65535");
    }
    return new Upstream(scheme, uri.getHost(), port, basePath(uri.getRawPath()), text);
  }

  private static String basePath(String path) {
    if (path.isEmpty()) {
      return path;
    }
    try {
      if (RoutablePath.of(path).forwarded().equals(path)) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
      }
    } catch (ProblemException e) {
      // said below like every other path that would not be forwarded as it stands
    }
    throw new BadRouteException(
        EXPECTED + " with a path in ASCII and without empty, '.' or '..' segments");
  }
}
