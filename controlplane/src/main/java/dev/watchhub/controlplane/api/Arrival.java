package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.http.Excerpt;
import dev.watchhub.protocol.Position;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far a write has come.
 *
 * @param applied nodes that have it
 * @param waiting nodes that do not have it yet, as far as is known, and why
 * @param refused nodes that could not apply it, and why
 * @param unknown what else keeps it from being known; null when nothing does
 */
record Arrival(
    List<String> applied, List<Lacking> waiting, List<Refusal> refused, @Nullable String unknown) {
  /** Most nodes that an answer names; their numbers are always told. */
  private static final int MAX_NAMED = 100;

  /** A node that does not have it yet. */
  record Lacking(String node, String reason) {}

  /**
   * A node that could not apply it.
   *
   * @param revision the one that it refused: the write's own, or a later one
   */
  record Refusal(String node, String key, long revision, String reason) {}

  Arrival {
    applied = List.copyOf(applied);
    waiting = List.copyOf(waiting);
    refused = List.copyOf(refused);
  }

  /** Nothing is known, since {@code why}. */
  static Arrival unknown(String why) {
    return new Arrival(List.of(), List.of(), List.of(), why);
  }

  /**
   * Looks at all nodes.
   *
   * @param wanted at or after the commit
   * @param puts the keys that got a value, each with its revision
   */
  static Arrival of(Fleet fleet, Position wanted, Map<String, Long> puts) {
    List<String> applied = new ArrayList<>();
    List<Lacking> waiting = new ArrayList<>();
    List<Refusal> refused = new ArrayList<>();
    for (NodeState node : fleet.present()) {
      List<Refusal> refusals = refusals(node, puts);
      if (!refusals.isEmpty()) {
        refused.addAll(refusals);
      } else if (!node.hasApplied(wanted)) {
        waiting.add(
            new Lacking(
                node.node(),
                node.position() == null
                    ? "it is not known how far it has come"
                    : "it has come to " + node.position()));
      } else if (!puts.isEmpty() && namesTooFew(node)) {
        waiting.add(new Lacking(node.node(), "it refuses more values than it names"));
      } else {
        applied.add(node.node());
      }
    }
    String unknown =
        Stream.concat(
                fleet.hubs().stream()
                    .filter(hub -> hub.error() != null)
                    .map(hub -> "hub " + hub.hub() + ": " + hub.error()),
                Stream.ofNullable(fleet.pending()))
            .collect(Collectors.joining("; "));
    return new Arrival(applied, waiting, refused, unknown.isEmpty() ? null : unknown);
  }

  private static List<Refusal> refusals(NodeState node, Map<String, Long> puts) {
    List<Refusal> refusals = new ArrayList<>();
    for (JsonNode one : refusedBy(node)) {
      Long written = puts.get(one.path("key").asText());
      long revision = one.path("revision").asLong();
      if (written != null && revision >= written) {
        refusals.add(
            new Refusal(
                node.node(), one.get("key").asText(), revision, one.path("reason").asText()));
      }
    }
    return refusals;
  }

  private static boolean namesTooFew(NodeState node) {
    return node.refusedCount() > refusedBy(node).size();
  }

  private static JsonNode refusedBy(NodeState node) {
    try {
      return JsonText.parse(node.refused());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a node's refused values are no JSON", e);
    }
  }

  /** Whether it has come as far as {@code wait} says. */
  boolean satisfies(ArrivalWait wait) {
    return wait.nodes() == 0
        ? waiting.isEmpty() && unknown == null
        : applied.size() >= wait.nodes();
  }

  /** Writes the field {@code arrival} into an object that is open. */
  void write(JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("arrival");
    out.writeNumberField("appliedCount", applied.size());
    out.writeArrayFieldStart("applied");
    for (String node : applied.subList(0, Math.min(MAX_NAMED, applied.size()))) {
      out.writeString(node);
    }
    out.writeEndArray();
    out.writeNumberField("waitingCount", waiting.size());
    out.writeArrayFieldStart("waiting");
    for (Lacking one : waiting.subList(0, Math.min(MAX_NAMED, waiting.size()))) {
      out.writeStartObject();
      out.writeStringField("node", one.node());
      out.writeStringField("reason", one.reason());
      out.writeEndObject();
    }
    out.writeEndArray();
    if (unknown == null) {
      out.writeNullField("pending");
    } else {
      out.writeStringField("pending", unknown);
    }
    out.writeEndObject();
  }

  /** The refusals as fields of a problem. */
  List<? extends Map<String, Object>> refusedFields() {
    return refused.stream()
        .limit(MAX_NAMED)
        .map(
            one ->
                new TreeMap<String, Object>(
                    Map.of(
                        "node", one.node(),
                        "key", one.key(),
                        "revision", one.revision(),
                        "reason", Excerpt.of(one.reason()))))
        .toList();
  }
}
