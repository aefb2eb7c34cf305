package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.controlplane.typed.CollectionType;
import dev.watchhub.controlplane.typed.ValueFault;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values of a typed collection.
 *
 * <p>What is no JSON although it is in the table, since somebody put it there by other means, is
 * answered as a string beside {@code "valid":false}.
 */
final class JsonValues implements Values {
  /** Most faults that an answer lists; a value may have as many as it has places. */
  private static final int MAX_FAULTS = 20;

  private final ValueEncoding encoding;
  private final CollectionType type;

  JsonValues(ValueEncoding encoding, CollectionType type) {
    this.encoding = encoding;
    this.type = type;
  }

  @Override
  public boolean json() {
    return true;
  }

  @Override
  public boolean referredTo() {
    return type.isReferredTo();
  }

  @Override
  public StoredValue stored(String body) {
    JsonNode value = parse(body);
    if (value.isMissingNode()) {
      throw refused("the body is empty; expected JSON");
    }
    List<ValueFault> faults = type.faults(value);
    if (!faults.isEmpty()) {
      throw refused(faults);
    }
    String json = JsonText.compact(body);
    return new StoredValue(
        encoding == ValueEncoding.BASE64 ? encode(json) : json, type.refers(value));
  }

  /** Names the first fault, and lists all. */
  private static ProblemException refused(List<ValueFault> faults) {
    ValueFault first = faults.get(0);
    String rest = faults.size() == 1 ? "" : ", and " + (faults.size() - 1) + " more in 'errors'";
    return new ProblemException(
        new Problem(
                400,
                first.detail() + rest,
                Map.of(
                    "field",
                    first.pointer().isEmpty() ? "body" : first.field(),
                    "errors",
                    faults.stream()
                        .limit(MAX_FAULTS)
                        .map(
                            fault -> {
                              Map<String, String> error = new LinkedHashMap<>();
                              error.put("pointer", fault.pointer());
                              error.put("detail", fault.detail());
                              return error;
                            })
                        .toList()))
            .ofType("invalid-value"));
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
