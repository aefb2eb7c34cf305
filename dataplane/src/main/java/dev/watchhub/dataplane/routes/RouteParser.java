package dev.watchhub.dataplane.routes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.protocol.Item;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads the value of a key as a {@link Route}.
 *
 * <p>The value is a JSON object, or the base64 of one, as the demo stored it. {@code uri} and
 * {@code upstream} are required, the others optional and null as good as missing. Other fields are
 * ignored, so that a newer control plane may write what this data plane does not know yet.
 */
final class RouteParser {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String NEITHER = "the value is neither a JSON object nor the base64 of one";
  private static final int MAX_PRIORITY = 1000;
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]{0,31}");

  private RouteParser() {}

  /**
   * Reads a row.
   *
   * @param item no tombstone
   */
  static ReadRoute parse(Item item) {
    try {
      String value = Objects.requireNonNull(item.value(), "a tombstone has no value");
      JsonNode fields = object(value);
      String host = optionalText(fields, "host");
      UriPattern uri = UriPattern.parse(requiredText(fields, "uri"));
      return new ReadRoute.Good(
          new Route(
              item.key(),
              item.revision(),
              uri,
              host.isEmpty() ? HostPattern.ANY : HostPattern.parse(host),
              methods(fields),
              ForwardingParser.number(fields, "priority", -MAX_PRIORITY, MAX_PRIORITY).orElse(0),
              UpstreamParser.parse(fields.get("upstream")),
              ForwardingParser.parse(fields, uri),
              value));
    } catch (BadRouteException e) {
      return new ReadRoute.Bad(new RefusedRoute(item.key(), item.revision(), e.reason()));
    }
  }

  private static JsonNode object(String value) {
    boolean json = value.stripLeading().startsWith("{");
    try {
      JsonNode node = MAPPER.readTree(json ? value : decoded(value));
      if (!node.isObject()) {
        throw new BadRouteException(NEITHER);
      }
      return node;
    } catch (JsonProcessingException e) {
      JsonLocation at = json ? e.getLocation() : null;
      throw new BadRouteException(
          at == null
              ? NEITHER
              : "the value is no JSON, line " + at.getLineNr() + " column " + at.getColumnNr());
    }
  }

  private static String decoded(String value) {
    try {
      // PostgreSQL's encode() breaks base64 into lines
      byte[] bytes = Base64.getDecoder().decode(WHITE_SPACE.matcher(value).replaceAll(""));
      return new String(bytes, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRouteException(NEITHER);
    }
  }

  private static String requiredText(JsonNode fields, String name) {
    if (!fields.hasNonNull(name)) {
      throw new BadRouteException("'" + name + "' is missing");
    }
    return text(fields.get(name), "'" + name + "'");
  }

  static String optionalText(JsonNode fields, String name) {
    return fields.hasNonNull(name) ? text(fields.get(name), "'" + name + "'") : "";
  }

  static String text(JsonNode node, String name) {
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw new BadRouteException(name + " must be a non-empty string");
    }
    return node.textValue();
  }

  private static Set<String> methods(JsonNode fields) {
    if (!fields.hasNonNull("methods")) {
      return Set.of();
    }
    JsonNode list = fields.get("methods");
    if (!list.isArray() || list.isEmpty()) {
      throw new BadRouteException("'methods' must be a non-empty array of strings");
    }
    Set<String> methods = new TreeSet<>();
    for (JsonNode entry : list) {
      String method = text(entry, "each of 'methods'");
      if (!METHOD.matcher(method).matches()) {
        throw new BadRouteException("each of 'methods' must be an HTTP method in capitals");
      }
      methods.add(method);
    }
    return methods;
  }
}
