package dev.watchhub.dataplane.routes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.protocol.Item;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads the value of a key as a {@link Route}.
 *
 * <p>{@code uri} and {@code upstream} are required, the others optional and null as good as
 * missing. Other fields are ignored, so that a newer control plane may write what this data plane
 * does not know yet.
 */
final class RouteParser {
  private static final int MAX_PRIORITY = 1000;
  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]{0,31}");

  private RouteParser() {}

  /**
   * Reads a row.
   *
   * @param item no tombstone
   */
  static ReadValue<Route> parse(Item item) {
    return JsonValue.read(item, RouteParser::route);
  }

  private static Route route(Item item, String value, JsonNode fields) {
    String host = optionalText(fields, "host");
    UriPattern uri = UriPattern.parse(requiredText(fields, "uri"));
    return new Route(
        item.key(),
        item.revision(),
        uri,
        host.isEmpty() ? HostPattern.ANY : HostPattern.parse(host),
        methods(fields),
        ForwardingParser.number(fields, "priority", -MAX_PRIORITY, MAX_PRIORITY).orElse(0),
        UpstreamParser.destination(fields.get("upstream")),
        ForwardingParser.parse(fields, uri),
        value);
  }

  private static String requiredText(JsonNode fields, String name) {
    if (!fields.hasNonNull(name)) {
      throw new BadValueException("'" + name + "' is missing");
    }
    return text(fields.get(name), "'" + name + "'");
  }

  static String optionalText(JsonNode fields, String name) {
    return fields.hasNonNull(name) ? text(fields.get(name), "'" + name + "'") : "";
  }

  static String text(JsonNode node, String name) {
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw new BadValueException(name + " must be a non-empty string");
    }
    return node.textValue();
  }

  private static Set<String> methods(JsonNode fields) {
    if (!fields.hasNonNull("methods")) {
      return Set.of();
    }
    JsonNode list = fields.get("methods");
    if (!list.isArray() || list.isEmpty()) {
      throw new BadValueException("'methods' must be a non-empty array of strings");
    }
    Set<String> methods = new TreeSet<>();
    for (JsonNode entry : list) {
      String method = text(entry, "each of 'methods'");
      if (!METHOD.matcher(method).matches()) {
        throw new BadValueException("each of 'methods' must be an HTTP method in capitals");
      }
      methods.add(method);
    }
    return methods;
  }
}
