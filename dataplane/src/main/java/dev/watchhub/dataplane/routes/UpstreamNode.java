package dev.watchhub.dataplane.routes;

import dev.watchhub.http.ProblemException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * One place where an upstream is served.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address, IPv6 in brackets
 * @param port 1 to 65535
 * @param basePath what stands before the path of a request; empty, or from {@code /} on without one
 *     at its end
 * @param weight its share among the nodes, 1 to {@link #MAX_WEIGHT}
 * @param text as it was written
 */
public record UpstreamNode(
    String scheme, String host, int port, String basePath, int weight, String text) {
  static final int MAX_WEIGHT = 1000;

  /** Where to connect to: the same for all nodes at one address. */
  public String address() {
    return scheme + "://" + host + ":" + port;
  }

  /** What a {@code Host} field says of it: without the port where that goes without saying. */
  public String authority() {
    return port == defaultPort(scheme) ? host : host + ":" + port;
  }

  private static int defaultPort(String scheme) {
    return scheme.equals("http") ? 80 : 443;
  }

  /**
   * Reads a URL.
   *
   * @param field what to call it in a message
   * @throws BadValueException if it is none
   */
  static UpstreamNode parse(String text, int weight, String field) {
    String expected = field + " must be an http or https URL";
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new BadValueException(expected);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new BadValueException(expected);
    }
    if (uri.getHost() == null) {
      throw new BadValueException(expected + " with a host");
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new BadValueException(expected + " without a user, a query or a fragment");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : defaultPort(scheme);
    if (port < 1 || port > 65535) {
      throw new BadValueException(expected + " with a port of 1 to 65535");
    }
    String basePath = basePath(uri.getRawPath(), expected);
    return new UpstreamNode(scheme, uri.getHost(), port, basePath, weight, text);
  }

  private static String basePath(String path, String expected) {
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
    throw new BadValueException(
        expected + " with a path in ASCII and without empty, '.' or '..' segments");
  }
}
