package dev.watchhub.dataplane.routes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code upstream} of a route: a URL, or an array of nodes, each of which is an object
 * with {@code url} and, if it is not 1, {@code weight}.
 */
final class UpstreamParser {
  private static final int MAX_NODES = 100;
  private static final String EXPECTED = "'upstream' must be a non-empty string or array of nodes";

  private UpstreamParser() {}

  /**
   * Reads the field.
   *
   * @param field null when it is missing
   * @throws BadRouteException if it is no upstream
   */
  static Upstream parse(@Nullable JsonNode field) {
    if (field == null || field.isNull()) {
      throw new BadRouteException("'upstream' is missing");
    }
    if (field.isTextual() && !field.textValue().isEmpty()) {
      return new Upstream(List.of(UpstreamNode.parse(field.textValue(), 1, "'upstream'")));
    }
    if (!field.isArray() || field.isEmpty()) {
      throw new BadRouteException(EXPECTED);
    }
    if (field.size() > MAX_NODES) {
      throw new BadRouteException("'upstream' must have at most " + MAX_NODES + " nodes");
    }
    List<UpstreamNode> nodes = new ArrayList<>();
    Set<String> places = new HashSet<>();
    for (JsonNode entry : field) {
      if (!entry.isObject()) {
        throw new BadRouteException(
            "each of 'upstream' must be an object with 'url' and, if not 1, 'weight'");
      }
      if (!entry.hasNonNull("url")) {
        throw new BadRouteException("each of 'upstream' must have a 'url'");
      }
      int weight = ForwardingParser.number(entry, "weight", 1, UpstreamNode.MAX_WEIGHT).orElse(1);
      UpstreamNode node =
          UpstreamNode.parse(
              RouteParser.text(entry.get("url"), "'url' in 'upstream'"),
              weight,
              "'url' in 'upstream'");
      if (!places.add(node.address() + node.basePath())) {
        throw new BadRouteException("each of 'upstream' must have another 'url'");
      }
      nodes.add(node);
    }
    return new Upstream(nodes);
  }
}
