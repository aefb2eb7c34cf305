package dev.watchhub.controlplane.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.watchhub.controlplane.typed.CollectionType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The description of the admin API.
 *
 * <p>{@code openapi.json} beside this class has all calls; those of a typed collection stand there
 * once, under {@code /COLLECTION}, and are put in for each.
 *
 * @see <a href="https://spec.openapis.org/oas/v3.1.1.html">OpenAPI 3.1</a>
 */
public final class OpenApi {
  private static final String TEMPLATE = "COLLECTION";
  private static final JsonMapper MAPPER = new JsonMapper();

  private OpenApi() {}

  /** Describes an API with these typed collections. */
  public static ObjectNode of(List<CollectionType> types) {
    ObjectNode all = read();
    ObjectNode paths = (ObjectNode) all.get("paths");
    ObjectNode schemas = (ObjectNode) all.at("/components/schemas");
    ObjectNode described = MAPPER.createObjectNode();
    for (Iterator<Map.Entry<String, JsonNode>> each = paths.properties().iterator();
        each.hasNext(); ) {
      Map.Entry<String, JsonNode> path = each.next();
      if (!path.getKey().contains(TEMPLATE)) {
        described.set(path.getKey(), path.getValue());
        continue;
      }
      for (CollectionType type : types) {
        JsonNode calls = named(path.getValue(), type.name());
        if (type.isReferredTo() && calls.at("/delete/responses") instanceof ObjectNode responses) {
          responses.putObject("409").put("$ref", "#/components/responses/ReferredTo");
        }
        described.set(path.getKey().replace(TEMPLATE, type.name()), calls);
      }
    }
    all.set("paths", described);
    for (CollectionType type : types) {
      schemas.set("value-" + type.name(), asResource(type));
    }
    return all;
  }

  /** A schema with an address of its own, so that its references stay within it. */
  private static JsonNode asResource(CollectionType type) {
    if (!(type.schema() instanceof ObjectNode schema)) {
      return type.schema();
    }
    ObjectNode resource = schema.deepCopy();
    if (!resource.has("$id")) {
      resource.put("$id", "urn:watchhub:schema:" + type.name());
    }
    return resource;
  }

  private static JsonNode named(JsonNode template, String name) {
    try {
      return MAPPER.readTree(template.toString().replace(TEMPLATE, name));
    } catch (IOException e) {
      throw new UncheckedIOException("naming a collection", e);
    }
  }

  private static ObjectNode read() {
    try (InputStream file = OpenApi.class.getResourceAsStream("openapi.json")) {
      return (ObjectNode) MAPPER.readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the description of the API", e);
    }
  }
}
