package dev.watchhub.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.watchhub.bench.harness.BenchException;

/** Results as JSON. */
public final class ResultsJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  private ResultsJson() {}

  public static String write(Results results) {
    try {
      return MAPPER.writeValueAsString(results) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws BenchException when it is something else
   */
  public static Results read(String json) {
    try {
      return MAPPER.readValue(json, Results.class);
    } catch (JsonProcessingException e) {
      throw new BenchException("these are no results: " + e.getOriginalMessage(), e);
    }
  }
}
