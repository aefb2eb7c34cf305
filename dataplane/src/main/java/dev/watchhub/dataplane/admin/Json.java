package dev.watchhub.dataplane.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.http.Context;
import java.util.Map;

/** Answers in JSON, one line each. */
final class Json {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  static void answer(Context context, Map<String, Object> fields) {
    try {
      context.contentType("application/json").result(MAPPER.writeValueAsString(fields) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that is no JSON", e);
    }
  }
}
