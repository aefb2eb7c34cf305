package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Holds calls and their answers against a description in OpenAPI. */
final class Contract {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final JsonNode document;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Set<String> seen = new TreeSet<>();

  Contract(JsonNode document) {
    this.document = document;
  }

  /** The operations that are described, such as {@code GET /kv}. */
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    for (var path : document.get("paths").properties()) {
      path.getValue()
          .fieldNames()
          .forEachRemaining(
              method -> {
                if (!method.equals("parameters")) {
                  operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
              });
    }
    return operations;
  }

  /** Operations and statuses that are described and were not seen, those of faults left out. */
  Set<String> unseen() {
    Set<String> unseen = new TreeSet<>();
    for (String operation : operations()) {
      operation(operation)
          .get("responses")
          .fieldNames()
          .forEachRemaining(
              status -> {
                if (!status.startsWith("5") && !seen.contains(operation + " " + status)) {
                  unseen.add(operation + " " + status);
                }
              });
    }
    return unseen;
  }

  private JsonNode operation(String name) {
    String[] words = name.split(" ", 2);
    return document.get("paths").path(words[1]).path(words[0].toLowerCase(Locale.ROOT));
  }

  private JsonNode resolved(JsonNode node) {
    String reference = node.path("$ref").textValue();
    return reference == null ? node : document.at(reference.substring(1));
  }

  private void assertFits(String what, JsonNode schema, JsonNode value) {
    ObjectNode whole = MAPPER.createObjectNode();
    whole.putArray("allOf").add(schema);
    whole.set("components", document.get("components"));
    assertThat(schemas.getSchema(whole).validate(value)).as(what + ": " + value).isEmpty();
  }

  /** A request that the description allows: its parameters, and its body if that is JSON. */
  void assertAllowed(String name, String query, @Nullable String body) {
    JsonNode operation = operation(name);
    assertThat(operation.isMissingNode()).as(name + " is described").isFalse();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
      String[] parameter = pair.split("=", 2);
      JsonNode schema = MissingNode.getInstance();
      for (JsonNode one : operation.path("parameters")) {
        JsonNode known = resolved(one);
        if (known.get("in").textValue().equals("query")
            && known.get("name").textValue().equals(parameter[0])) {
          schema = known.get("schema");
        }
      }
      assertThat(schema.isMissingNode()).as(name + " takes " + parameter[0]).isFalse();
      boolean number = resolved(schema).path("type").asText().equals("integer");
      assertFits(
          name + " " + pair,
          schema,
          number
              ? MAPPER.getNodeFactory().numberNode(Long.parseLong(parameter[1]))
              : TextNode.valueOf(parameter[1]));
    }
    JsonNode json = operation.at("/requestBody/content/application~1json/schema");
    if (body != null && !json.isMissingNode()) {
      assertFits(name, json, parse(body));
    }
    assertThat(operation.has("requestBody")).as(name + " has a body").isEqualTo(body != null);
  }

  /** An answer that the description has. */
  void assertDescribed(String name, Admin.Answer answer) {
    String seenHere = name + " " + answer.status();
    JsonNode response =
        resolved(operation(name).path("responses").path(String.valueOf(answer.status())));
    assertThat(response.isMissingNode()).as(seenHere + " is described: " + answer.text()).isFalse();
    if (!response.has("content")) {
      assertThat(answer.text()).as(seenHere).isEmpty();
      seen.add(seenHere);
      return;
    }
    String type = answer.header("Content-Type").replaceFirst(";.*", "");
    JsonNode content = response.path("content").path(type);
    assertThat(content.isMissingNode()).as(seenHere + " in " + type).isFalse();
    if (type.endsWith("json")) {
      assertFits(seenHere, content.get("schema"), answer.json());
    }
    seen.add(seenHere);
  }

  private static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + json, e);
    }
  }
}
