package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Values that are JSON objects with rules.
 *
 * <p>What is no JSON although it is in the table, since somebody put it there by other means, is
 * answered as a string beside {@code "valid":false}.
 */
final class JsonValues implements Values {
  private final ValueEncoding encoding;
  private final Consumer<ObjectNode> rules;

  /**
   * Values that keep {@code rules}.
   *
   * @param rules throws {@link ProblemException} for an object that cannot be taken
   */
  JsonValues(ValueEncoding encoding, Consumer<ObjectNode> rules) {
    this.encoding = encoding;
    this.rules = rules;
  }

  @Override
  public boolean json() {
    return true;
  }

  @Override
  public String stored(String body) {
    if (!(parse(body) instanceof ObjectNode object)) {
      throw refused("the body is not a JSON object");
    }
    rules.accept(object);
    String json = JsonText.compact(body);
    return encoding == ValueEncoding.BASE64 ? encode(json) : json;
  }

  private static JsonNode parse(String body) {
    try {
      return JsonText.parse(body);
    } catch (JsonProcessingException e) {
      throw notJson(e);
    }
  }

  /** The answer to a body that is not JSON, which says where it is not. */
  static ProblemException notJson(JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    String where =
        place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
    return refused("the body is not JSON" + where + ": " + e.getOriginalMessage());
  }

  private static ProblemException refused(String detail) {
    return new ProblemException(Problem.badField("body", detail));
  }

  @Override
  public void write(JsonGenerator out, String stored) throws IOException {
    Optional<String> json = JsonText.ofStored(stored);
    out.writeFieldName("value");
    if (json.isPresent()) {
      out.writeRawValue(json.get());
    } else {
      out.writeString(stored);
      out.writeBooleanField("valid", false);
    }
  }

  @Override
  public String base64(String stored) {
    return encode(JsonText.ofStored(stored).orElse(stored));
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
