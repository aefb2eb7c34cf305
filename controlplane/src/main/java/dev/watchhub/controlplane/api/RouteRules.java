package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a route may say. */
final class RouteRules {
  private static final Set<String> FIELDS = Set.of("uri", "upstream", "host", "methods");

  /** Names, also with the underscore that container networks use; IPv4; IPv6 in brackets. */
  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:(?<port>[0-9]{1,5}))?");

  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*|\\[[0-9A-Fa-f:.]+]");

  /** RFC 9110, section 5.6.2. */
  private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

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
    checkUri(text(route, "uri"));
    checkUpstream(text(route, "upstream"));
    if (route.has("host")) {
      checkHost(text(route, "host"));
    }
    if (route.has("methods")) {
      checkMethods(route.get("methods"));
    }
  }

  private static void checkUri(String uri) {
    if (!uri.startsWith("/")) {
      throw refused(
          "uri", "'uri' is '" + Excerpt.of(uri) + "'; expected a path that starts with '/'");
    }
    int star = uri.indexOf('*');
    if (star >= 0 && !(star == uri.length() - 1 && uri.endsWith("/*"))) {
      throw refused(
          "uri", "'uri' is '" + Excerpt.of(uri) + "'; expected '*' as its last segment only");
    }
    if (uri.chars().anyMatch(c -> c == '?' || c == '#' || Character.isISOControl(c))) {
      throw refused(
          "uri",
          "'uri' is '"
              + Excerpt.of(uri)
              + "'; expected a path without '?', '#' or control characters");
    }
  }

  private static void checkUpstream(String upstream) {
    if (!isBase(upstream)) {
      throw refused(
          "upstream",
          "'upstream' is '"
              + Excerpt.of(upstream)
              + "'; expected an absolute http or https URL with a host, such as"
              + " http://127.0.0.1:8080, without user, query and fragment");
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
    @Nullable String authority = url.getRawAuthority();
    return ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        && authority != null
        && isHostAndPort(authority)
        && url.getRawQuery() == null
        && url.getRawFragment() == null;
  }

  private static boolean isHostAndPort(String authority) {
    var match = AUTHORITY.matcher(authority);
    if (!match.matches()) {
      return false;
    }
    String port = match.group("port");
    return port == null || (Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65535);
  }

  private static void checkHost(String host) {
    if (!HOST.matcher(host).matches()) {
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
                + "; expected each HTTP method once, such as \"GET\"");
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

  private static ProblemException refused(String field, String detail) {
    return new ProblemException(Problem.badField(field, detail));
  }
}
