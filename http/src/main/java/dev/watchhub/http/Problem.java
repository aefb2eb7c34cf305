package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpStatus;

/**
 * An error as a user sees it.
 *
 * @param type which kind of error it is, for programs: a path below {@link #TYPES} that never
 *     changes
 * @param status HTTP status, 400 to 599
 * @param detail what was wrong, what was expected, where; a sentence
 * @param more further fields of the answer, such as the name of the parameter that was wrong
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
 */
public record Problem(String type, int status, String detail, Map<String, Object> more) {
  /** The media type of its JSON. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** What every type begins with. */
  public static final String TYPES = "/problems/";

  private static final JsonMapper MAPPER = new JsonMapper();

  public Problem {
    more = Map.copyOf(more);
  }

  /** A problem whose type is no narrower than its status: 409 is of type {@code conflict}. */
  public Problem(int status, String detail, Map<String, Object> more) {
    this(typeOf(status), status, detail, more);
  }

  /** A problem that its status and its sentence describe. */
  public Problem(int status, String detail) {
    this(status, detail, Map.of());
  }

  private static String typeOf(int status) {
    return TYPES + HttpStatus.getMessage(status).toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  /** A problem with one parameter or field of the request: status 400. */
  public static Problem badField(String name, String detail) {
    return new Problem(400, detail, Map.of("field", name)).ofType("bad-field");
  }

  /** The same of a narrower type, a word or words joined by {@code -}. */
  public Problem ofType(String name) {
    return new Problem(TYPES + name, status, detail, more);
  }

  /** Its JSON in UTF-8, ending in a newline. */
  public byte[] json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", type);
    fields.put("title", HttpStatus.getMessage(status));
    fields.put("status", status);
    fields.put("detail", detail);
    fields.putAll(new TreeMap<>(more)); // in the same order at every start
    try {
      return (MAPPER.writeValueAsString(fields) + "\n").getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a problem with fields that are no JSON: " + more, e);
    }
  }
}
