package dev.watchhub.dataplane.routes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.protocol.Item;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Pattern;

/** Reads the value of a row: a JSON object, or the base64 of one, as the demo stored it. */
final class JsonValue {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String NEITHER = "the value is neither a JSON object nor the base64 of one";
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  /** Makes something of the fields of a value, or throws {@link BadValueException}. */
  @FunctionalInterface
  interface Reader<T> {
    T read(Item item, String value, JsonNode fields);
  }

  private JsonValue() {}

  /**
   * Reads a row.
   *
   * @param item no tombstone
   */
  static <T> ReadValue<T> read(Item item, Reader<T> reader) {
    String value = Objects.requireNonNull(item.value(), "a tombstone has no value");
    try {
      return new ReadValue.Good<>(reader.read(item, value, object(value)));
    } catch (BadValueException e) {
      return new ReadValue.Bad<>(new RefusedValue(item.key(), item.revision(), e.reason()));
    }
  }

  private static JsonNode object(String value) {
    boolean json = value.stripLeading().startsWith("{");
    try {
      JsonNode node = MAPPER.readTree(json ? value : decoded(value));
      if (!node.isObject()) {
        throw new BadValueException(NEITHER);
      }
      return node;
    } catch (JsonProcessingException e) {
      JsonLocation at = json ? e.getLocation() : null;
      throw new BadValueException(
          at == null
              ? NEITHER
              : "the value is no JSON, line " + at.getLineNr() + " column " + at.getColumnNr());
    }
  }

  private static String decoded(String value) {
    try {
      // PostgreSQL's encode() breaks base64 into lines
      byte[] bytes = Base64.getDecoder().decode(WHITE_SPACE.matcher(value).replaceAll(""));
      return new String(bytes, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadValueException(NEITHER);
    }
  }
}
