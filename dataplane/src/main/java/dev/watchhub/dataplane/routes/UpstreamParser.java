package dev.watchhub.dataplane.routes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads where requests go: the {@code upstream} of a route, which is a URL, an array of nodes, or
 * an object with {@code ref}; and the value of an upstream that routes share, an object with {@code
 * nodes}. A node is an object with {@code url} and, if it is not 1, {@code weight}.
 */
final class UpstreamParser {
  private static final int MAX_NODES = 100;
  private static final String REF = "'ref' in 'upstream'";

  private UpstreamParser() {}

  /**
   * Reads a row of an upstream.
   *
   * @param item no tombstone
   */
  static ReadValue<SharedUpstream> parse(Item item) {
    return JsonValue.read(item, UpstreamParser::shared);
  }

  private static SharedUpstream shared(Item item, String value, JsonNode fields) {
    JsonNode nodes = fields.get("nodes");
    if (nodes == null || nodes.isNull()) {
      throw new BadValueException("'nodes' is missing");
    }
    if (!nodes.isArray() || nodes.isEmpty()) {
      throw new BadValueException("'nodes' must be a non-empty array of nodes");
    }
    return new SharedUpstream(item.key(), item.revision(), nodes(nodes, "'nodes'"), value, 0);
  }

  /**
   * Reads the field {@code upstream} of a route.
   *
   * @param field null when it is missing
   * @throws BadValueException if it leads nowhere
   */
  static Destination destination(@Nullable JsonNode field) {
    if (field == null || field.isNull()) {
      throw new BadValueException("'upstream' is missing");
    }
    if (field.isTextual() && !field.textValue().isEmpty()) {
      return new Upstream(List.of(UpstreamNode.parse(field.textValue(), 1, "'upstream'")));
    }
    if (field.isArray() && !field.isEmpty()) {
      return nodes(field, "'upstream'");
    }
    if (field.has("ref")) {
      return reference(field);
    }
    throw new BadValueException(
        "'upstream' must be a non-empty string or array of nodes, or an object with 'ref'");
  }

  private static UpstreamRef reference(JsonNode field) {
    if (field.size() != 1) {
      throw new BadValueException("'upstream' must have nothing beside 'ref'");
    }
    String key = UpstreamRef.KEY_PREFIX + RouteParser.text(field.get("ref"), REF);
    Key.violation(key)
        .ifPresent(
            violation -> {
              throw new BadValueException(REF + " makes a key that " + violation);
            });
    return new UpstreamRef(key);
  }

  private static Upstream nodes(JsonNode field, String name) {
    if (field.size() > MAX_NODES) {
      throw new BadValueException(name + " must have at most " + MAX_NODES + " nodes");
    }
    List<UpstreamNode> nodes = new ArrayList<>();
    Set<String> places = new HashSet<>();
    for (JsonNode entry : field) {
      if (!entry.isObject()) {
        throw new BadValueException(
            "each of " + name + " must be an object with 'url' and, if not 1, 'weight'");
      }
      if (!entry.hasNonNull("url")) {
        throw new BadValueException("each of " + name + " must have a 'url'");
      }
      int weight = ForwardingParser.number(entry, "weight", 1, UpstreamNode.MAX_WEIGHT).orElse(1);
      String url = "'url' in " + name;
      UpstreamNode node = UpstreamNode.parse(RouteParser.text(entry.get("url"), url), weight, url);
      if (!places.add(node.address() + node.basePath())) {
        throw new BadValueException("each of " + name + " must have another 'url'");
      }
      nodes.add(node);
    }
    return new Upstream(nodes);
  }
}
