package dev.watchhub.bench.harness;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What one measurement came to: numbers by the name of their metric, in the order of the table.
 *
 * @param byMetric the unit is part of the name, such as {@code p50 ms}
 */
public record Values(@JsonValue Map<String, Double> byMetric) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Values {
    byMetric = Collections.unmodifiableMap(new LinkedHashMap<>(byMetric));
  }

  /** No values yet. */
  public static Values none() {
    return new Values(Map.of());
  }

  /** These and one more; one of the same name is replaced. */
  public Values with(String metric, double value) {
    Map<String, Double> more = new LinkedHashMap<>(byMetric);
    more.put(metric, value);
    return new Values(more);
  }

  /** The value of a metric, if it was measured. */
  public OptionalDouble get(String metric) {
    Double value = byMetric.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
