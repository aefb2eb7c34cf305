package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/** What a route may say about its priority, and about how its requests are passed on. */
final class ForwardingRules {
  private static final int MAX_PRIORITY = 1000;
  private static final int MAX_CONNECT_MILLIS = 30_000;
  private static final int MAX_RESPONSE_MILLIS = 3_600_000;
  private static final int MAX_HOST_HEADER_CHARS = 259;
  private static final Pattern HOST_HEADER =
      Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(:[0-9]{1,5})?");

  private ForwardingRules() {}

  /**
   * Checks these fields of a route, those that are there.
   *
   * @param uri of the same route
   * @throws dev.watchhub.http.ProblemException 400 naming the first field that cannot be taken
   */
  static void check(ObjectNode route, String uri) {
    checkNumber(route, "priority", -MAX_PRIORITY, MAX_PRIORITY);
    checkNumber(route, "connectTimeoutMillis", 1, MAX_CONNECT_MILLIS);
    checkNumber(route, "responseTimeoutMillis", 1, MAX_RESPONSE_MILLIS);
    JsonNode strip = route.get("stripPrefix");
    if (strip != null && !strip.isBoolean()) {
      throw refused("stripPrefix", strip, "true or false");
    }
    if (strip != null && strip.booleanValue() && !uri.endsWith("/*")) {
      throw refused("stripPrefix", strip, "false, or a 'uri' that ends in '/*'");
    }
    JsonNode host = route.get("hostHeader");
    if (host != null
        && (!host.isTextual()
            || host.textValue().length() > MAX_HOST_HEADER_CHARS
            || !HOST_HEADER.matcher(host.textValue()).matches())) {
      throw refused(
          "hostHeader", host, "\"keep\", \"upstream\", or a host name with or without a port");
    }
  }

  /** Checks a field that is a whole number, if it is there. */
  static void checkNumber(JsonNode fields, String name, int min, int max) {
    JsonNode number = fields.get(name);
    if (number != null
        && (!number.isIntegralNumber()
            || !number.canConvertToInt()
            || number.intValue() < min
            || number.intValue() > max)) {
      throw refused(name, number, "a whole number of " + min + " to " + max);
    }
  }

  private static RuntimeException refused(String name, JsonNode value, String expected) {
    return RouteRules.refused(
        name, "'" + name + "' is " + Excerpt.of(value.toString()) + "; expected " + expected);
  }
}
