package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.RequestPath;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a route may say: nothing that a data plane of the same version would refuse. */
final class RouteRules {
  private static final Set<String> FIELDS =
      Set.of(
          "uri",
          "upstream",
          "host",
          "methods",
          "priority",
          "stripPrefix",
          "hostHeader",
          "connectTimeoutMillis",
          "responseTimeoutMillis");

  private static final Set<String> NODE_FIELDS = Set.of("url", "weight");

  private static final int MAX_NODES = 100;

  private static final int MAX_WEIGHT = 1000;

  private static final int MAX_URI_CHARS = 2048;

  private static final int MAX_HOST_CHARS = 253;

  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]{0,31}");

  /** A path that is forwarded as it stands: nothing in it is encoded, and it has no dot segment. */
  private static final Pattern BASE_PATH =
      Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~!$&'()+,=:@-]+)*/?");

  private static final Pattern EMPTY_OR_DOTS = Pattern.compile("/(\\.{0,2})(/|$)");

  private RouteRules() {}

  /**
   * Checks a whole route.
   *
   * @throws ProblemException 400 naming the first field that cannot be taken
   */
  static void check(ObjectNode route) {
    for (String field : (Iterable<String>) route::fieldNames) {
      if (!FIELDS.contains(field)) {
        throw refused(
            field,
            "a route has no field '" + Excerpt.of(field) + "'; expected " + new TreeSet<>(FIELDS));
      }
    }
    String uri = text(route, "uri");
    checkUri(uri);
    JsonNode upstream = route.get("upstream");
    if (upstream != null && upstream.isArray()) {
      checkNodes(upstream);
    } else {
      checkUrl(text(route, "upstream"));
    }
    if (route.has("host")) {
      checkHost(text(route, "host"));
    }
    if (route.has("methods")) {
      checkMethods(route.get("methods"));
    }
    ForwardingRules.check(route, uri);
  }

  private static void checkNodes(JsonNode nodes) {
    if (nodes.isEmpty() || nodes.size() > MAX_NODES) {
      throw refused(
          "upstream", "'upstream' has " + nodes.size() + " nodes; expected 1 to " + MAX_NODES);
    }
    Set<String> places = new HashSet<>();
    for (JsonNode node : nodes) {
      boolean known = node.isObject();
      for (String field : (Iterable<String>) node::fieldNames) {
        known &= NODE_FIELDS.contains(field);
      }
      if (!known || !node.path("url").isTextual()) {
        throw refused(
            "upstream",
            "'upstream' has the node "
                + Excerpt.of(node.toString())
                + "; expected {\"url\":\"http://HOST:PORT\",\"weight\":1}, the weight may be left out");
      }
      String url = node.get("url").textValue();
      checkUrl(url);
      ForwardingRules.checkNumber(node, "weight", 1, MAX_WEIGHT);
      if (!places.add(place(url))) {
        throw refused(
            "upstream", "'upstream' has '" + Excerpt.of(url) + "' twice; expected it once");
      }
    }
  }

  /** What is the same for two URLs that lead to the same place. */
  private static String place(String url) {
    URI uri = URI.create(url);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("http") ? 80 : 443;
    String path = uri.getRawPath();
    String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return scheme + "://" + uri.getHost() + ":" + port + base;
  }

  private static void checkUri(String uri) {
    if (!uri.startsWith("/") || uri.length() > MAX_URI_CHARS) {
      throw refusedUri(
          uri, "a path that starts with '/' and has at most " + MAX_URI_CHARS + " characters");
    }
    boolean prefix = uri.endsWith("/*");
    String raw = prefix ? uri.substring(0, uri.length() - 2) : uri;
    if (raw.indexOf('*') >= 0) {
      throw refusedUri(uri, "'*' as its last segment only");
    }
    if (raw.chars().anyMatch(c -> c == '?' || c == '#' || c == ';' || c == ' ')) {
      throw refusedUri(uri, "a path without '?', '#', ';' or space");
    }
    String path = decoded(uri, raw);
    if (path.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
      throw refusedUri(uri, "a path without a backslash or a control character");
    }
    String trimmed = !prefix && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (EMPTY_OR_DOTS.matcher(trimmed).find()) {
      throw refusedUri(uri, "a path without an empty, '.' or '..' segment");
    }
  }

  private static String decoded(String uri, String raw) {
    try {
      return RequestPath.decode(raw);
    } catch (ProblemException e) {
      throw refusedUri(uri, "'%' before two hexadecimal digits only, and UTF-8 in them");
    }
  }

  private static ProblemException refusedUri(String uri, String expected) {
    return refused("uri", "'uri' is '" + Excerpt.of(uri) + "'; expected " + expected);
  }

  private static void checkUrl(String upstream) {
    if (upstream.length() > MAX_URI_CHARS || !isBase(upstream)) {
      throw refused(
          "upstream",
          "'upstream' is '"
              + Excerpt.of(upstream)
              + "'; expected an absolute http or https URL with a host, such as"
              + " http://127.0.0.1:8080, without user, query and fragment, and with a plain path if any");
    }
  }

  private static boolean isBase(String upstream) {
    URI url;
    try {
      url = new URI(upstream);
    } catch (URISyntaxException e) {
      return false;
    }
    String scheme = url.getScheme();
    return ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && (url.getPort() == -1 || (url.getPort() >= 1 && url.getPort() <= 65535))
        && BASE_PATH.matcher(url.getRawPath()).matches()
        && url.getRawQuery() == null
        && url.getRawFragment() == null;
  }

  private static void checkHost(String host) {
    if (host.length() > MAX_HOST_CHARS || !HOST.matcher(host).matches()) {
      throw refused(
          "host",
          "'host' is '" + Excerpt.of(host) + "'; expected a host name or *.DOMAIN, without a port");
    }
  }

  private static void checkMethods(JsonNode methods) {
    if (!methods.isArray() || methods.isEmpty()) {
      throw refused(
          "methods",
          "'methods' is "
              + Excerpt.of(methods.toString())
              + "; expected an array of strings, not empty");
    }
    Set<String> seen = new HashSet<>();
    for (JsonNode method : methods) {
      String name = method.textValue();
      if (name == null || !METHOD.matcher(name).matches() || !seen.add(name)) {
        throw refused(
            "methods",
            "'methods' has "
                + Excerpt.of(method.toString())
                + "; expected each HTTP method once, in capitals, such as \"GET\"");
      }
    }
  }

  private static String text(ObjectNode route, String field) {
    JsonNode value = route.get(field);
    if (value == null) {
      throw refused(field, "a route needs the field '" + field + "'");
    }
    String text = value.textValue();
    if (text == null) {
      throw refused(
          field, "'" + field + "' is " + Excerpt.of(value.toString()) + "; expected a string");
    }
    return text;
  }

  static ProblemException refused(String field, String detail) {
    return new ProblemException(Problem.badField(field, detail));
  }
}
