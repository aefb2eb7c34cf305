package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Optional;

/** JSON as text whose numbers, escapes and order of fields stay as their author wrote them. */
final class JsonText {
  /** A field that is named twice is refused: readers disagree on which one counts. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonText() {}

  /**
   * Parses one JSON value; a missing node if {@code text} is blank.
   *
   * @throws JsonProcessingException if {@code text} is not exactly one, or names a field twice
   */
  static JsonNode parse(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /**
   * Reads {@code text} piece by piece; the offsets of its tokens count from the first character.
   */
  static JsonParser parser(String text) throws IOException {
    return MAPPER.createParser(text);
  }

  /** Writes JSON piece by piece. */
  static JsonGenerator generator(Writer out) throws IOException {
    return MAPPER.createGenerator(out);
  }

  /** Takes the white space out of {@code json}, which must be JSON, and changes nothing else. */
  static String compact(String json) {
    StringBuilder compact = new StringBuilder(json.length());
    boolean inString = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (inString && c == '\\') {
        compact.append(c).append(json.charAt(++i));
        continue;
      }
      if (c == '"') {
        inString = !inString;
      }
      if (inString || !(c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
        compact.append(c);
      }
    }
    return compact.toString();
  }

  /**
   * The compact JSON that a stored value holds, directly or as base64; empty if it holds none. No
   * text is both: base64 of JSON never begins like JSON.
   */
  static Optional<String> ofStored(String stored) {
    return compactIfJson(stored).or(() -> decoded(stored).flatMap(JsonText::compactIfJson));
  }

  private static Optional<String> compactIfJson(String text) {
    try {
      return parse(text).isMissingNode() ? Optional.empty() : Optional.of(compact(text));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Decodes base64; line breaks do not count, since PostgreSQL's {@code encode} makes them. */
  private static Optional<String> decoded(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text.replaceAll("[\r\n]", ""));
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
