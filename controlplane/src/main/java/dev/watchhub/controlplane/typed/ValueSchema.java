package dev.watchhub.controlplane.typed;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.Error;
import com.networknt.schema.InvalidSchemaException;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON Schema of draft 2020-12 that values are held against. Any thread.
 *
 * <p>It loads nothing from elsewhere. {@code format} is not checked, and patterns are those of
 * {@link LinearPattern}. What was expected is told in the words of {@code description}, where the
 * schema has one beside the keyword that does not fit.
 *
 * @see <a href="https://json-schema.org/draft/2020-12">JSON Schema 2020-12</a>
 */
final class ValueSchema {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/";

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder()
                          .regularExpressionFactory(LinearPattern::of)
                          .formatAssertionsEnabled(false)
                          .build())
                  .schemaLoader(loader -> loader.allow(ValueSchema::isOfTheDialect)));

  private final JsonNode root;
  private final Schema schema;

  private ValueSchema(JsonNode root, Schema schema) {
    this.root = root;
    this.schema = schema;
  }

  private static boolean isOfTheDialect(AbsoluteIri iri) {
    return iri.toString().startsWith(DIALECT);
  }

  /**
   * Makes a schema ready for use.
   *
   * @throws BadSchemaException if it is no schema of this draft, refers to another document, or has
   *     a pattern that is none of RE2
   */
  static ValueSchema of(JsonNode root) {
    String dialect = root.path("$schema").asText(DIALECT + "schema");
    if (!dialect.equals(DIALECT + "schema")) {
      throw new BadSchemaException(
          "'$schema' is '" + dialect + "'; expected " + DIALECT + "schema", null);
    }
    try {
      Schema itself = REGISTRY.getSchema(SchemaLocation.of(DIALECT + "schema"));
      for (Error error : itself.validate(root)) {
        throw new BadSchemaException(
            "'" + error.getInstanceLocation() + "' " + error.getMessage(), null);
      }
      Schema schema = REGISTRY.getSchema(root);
      schema.initializeValidators();
      return new ValueSchema(root, schema);
    } catch (InvalidSchemaException e) {
      throw new BadSchemaException(String.valueOf(e.getMessage()), e);
    } catch (SchemaException e) {
      throw new BadSchemaException(String.valueOf(e.getMessage()), e);
    }
  }

  JsonNode json() {
    return root;
  }

  /** All that is wrong with a value, at most one fault for each place; empty if nothing is. */
  Collection<ValueFault> faults(JsonNode value) {
    Map<String, ValueFault> faults = new LinkedHashMap<>();
    for (Error error : schema.validate(value)) {
      ValueFault fault = fault(error);
      faults.putIfAbsent(fault.pointer(), fault);
    }
    return List.copyOf(faults.values());
  }

  private ValueFault fault(Error error) {
    String place = String.valueOf(error.getInstanceLocation());
    String keyword = String.valueOf(error.getKeyword());
    JsonNode around = around(error);
    if (keyword.equals("required")) {
      JsonNode member = around.path("properties").path(error.getProperty());
      return ValueFault.missing(
          place + "/" + escaped(error.getProperty()), expected(member, "a value"));
    }
    if (keyword.equals("additionalProperties")) {
      return new ValueFault(
          place + "/" + escaped(error.getProperty()),
          "'%s' is not known; expected only ".formatted(error.getProperty())
              + names(around.path("properties")));
    }
    return ValueFault.of(
        place, error.getInstanceNode(), expected(around, "what fits: it " + error.getMessage()));
  }

  /** The object that holds the keyword which does not fit. */
  private JsonNode around(Error error) {
    String place = String.valueOf(error.getSchemaLocation().getFragment());
    int end = place.lastIndexOf('/');
    return end < 0 ? root : root.at(place.substring(0, end));
  }

  private static String expected(JsonNode schema, String otherwise) {
    String words = schema.path("description").textValue();
    return words == null ? otherwise : words;
  }

  private static List<String> names(JsonNode properties) {
    List<String> names = new ArrayList<>();
    properties.fieldNames().forEachRemaining(names::add);
    return names.stream().sorted().toList();
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
