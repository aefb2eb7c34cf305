package dev.watchhub.controlplane.typed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A collection of keys whose values keep to a schema. Immutable; any thread. */
public final class CollectionType {
  /** The routes of data planes, under {@code /routes}. */
  public static final CollectionType ROUTES = builtIn("routes", RouteRules::faults);

  /** Where routes lead, under {@code /upstreams}. */
  public static final CollectionType UPSTREAMS = builtIn("upstreams", UpstreamRules::faults);

  private final String name;
  private final ValueSchema schema;
  private final Function<JsonNode, List<ValueFault>> rules;

  private CollectionType(
      String name, ValueSchema schema, Function<JsonNode, List<ValueFault>> rules) {
    this.name = name;
    this.schema = schema;
    this.rules = rules;
  }

  /** A collection that a schema describes completely. */
  static CollectionType of(String name, ValueSchema schema) {
    return new CollectionType(name, schema, value -> List.of());
  }

  private static CollectionType builtIn(String name, Function<JsonNode, List<ValueFault>> rules) {
    try (InputStream file = CollectionType.class.getResourceAsStream(name + ".json")) {
      return new CollectionType(name, ValueSchema.of(new JsonMapper().readTree(file)), rules);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the schema of " + name, e);
    }
  }

  /** What its keys begin with, between two slashes. */
  public String name() {
    return name;
  }

  /** Whether this value, which has no faults, refers to a key of another collection. */
  public boolean refers(JsonNode value) {
    return this == ROUTES && RouteRules.reference(value).isPresent();
  }

  /** Whether values of another collection refer to keys of this one. */
  public boolean isReferredTo() {
    return this == UPSTREAMS;
  }

  /** Its JSON Schema. */
  public JsonNode schema() {
    return schema.json();
  }

  /**
   * All that is wrong with a value, one fault for each place; empty if nothing is. Those of the
   * schema come first.
   */
  public List<ValueFault> faults(JsonNode value) {
    List<ValueFault> faults = new ArrayList<>(schema.faults(value));
    Set<String> places = new HashSet<>();
    faults.forEach(fault -> places.add(fault.pointer()));
    rules.apply(value).stream().filter(fault -> places.add(fault.pointer())).forEach(faults::add);
    return faults;
  }
}
