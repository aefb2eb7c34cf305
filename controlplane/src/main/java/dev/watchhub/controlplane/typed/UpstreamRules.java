package dev.watchhub.controlplane.typed;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a schema cannot say of the nodes of an upstream. */
final class UpstreamRules {
  private static final int MAX_URL_CHARS = 2048;
  private static final int MAX_NODES = 100;
  private static final String EXPECTED =
      "an absolute http or https URL with a host, such as http://127.0.0.1:8080,"
          + " without user, query and fragment, and with a plain path if any";

  /** A path that is forwarded as it stands: nothing in it is encoded, and it has no dot segment. */
  private static final Pattern BASE_PATH =
      Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~!$&'()+,=:@-]+)*+/?");

  private UpstreamRules() {}

  /** What is wrong with an upstream. */
  static List<ValueFault> faults(JsonNode upstream) {
    JsonNode nodes = upstream.path("nodes");
    return nodes.isArray() ? nodes("/nodes", nodes) : List.of();
  }

  /** What is wrong with the URLs of nodes, those that are strings. */
  static List<ValueFault> nodes(String pointer, JsonNode nodes) {
    List<ValueFault> faults = new ArrayList<>();
    Set<String> places = new HashSet<>();
    for (int i = 0; i < Math.min(nodes.size(), MAX_NODES); i++) {
      String place = pointer + "/" + i + "/url";
      wholeNumber(pointer + "/" + i, nodes.get(i), "weight").ifPresent(faults::add);
      JsonNode url = nodes.get(i).path("url");
      if (!url.isTextual()) {
        continue;
      }
      Optional<ValueFault> fault = url(place, url);
      if (fault.isPresent()) {
        faults.add(fault.get());
      } else if (!places.add(place(url.textValue()))) {
        faults.add(ValueFault.of(place, url, "each place once"));
      }
    }
    return faults;
  }

  /** A schema takes 1.0 for a whole number; a data plane does not. */
  static Optional<ValueFault> wholeNumber(String pointer, JsonNode fields, String name) {
    JsonNode number = fields.path(name);
    return number.isNumber() && !number.isIntegralNumber()
        ? Optional.of(
            ValueFault.of(
                pointer + "/" + name, number, "a whole number without a point or an exponent"))
        : Optional.empty();
  }

  /** What is wrong with a URL. */
  static Optional<ValueFault> url(String pointer, JsonNode url) {
    return url.textValue().length() > MAX_URL_CHARS || !isBase(url.textValue())
        ? Optional.of(ValueFault.of(pointer, url, EXPECTED))
        : Optional.empty();
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

  /** What is the same for two URLs that lead to the same place. */
  private static String place(String url) {
    URI uri = URI.create(url);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("http") ? 80 : 443;
    String path = uri.getRawPath();
    String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return scheme + "://" + uri.getHost() + ":" + port + base;
  }
}
