package dev.watchhub.controlplane.typed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.http.Excerpt;

/**
 * What is wrong with a value, and where.
 *
 * @param pointer to the place in the value; empty for the whole of it
 * @param detail what is there, and what was expected
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</a>
 */
public record ValueFault(String pointer, String detail) {
  /** A place that has something else than what was expected. */
  static ValueFault of(String pointer, JsonNode found, String expected) {
    return new ValueFault(
        pointer, place(pointer) + " is " + excerpt(found) + "; expected " + expected);
  }

  /** A place that must not be empty. */
  static ValueFault missing(String pointer, String expected) {
    return new ValueFault(pointer, place(pointer) + " is missing; expected " + expected);
  }

  private static String place(String pointer) {
    return pointer.isEmpty() ? "the value" : "'" + Excerpt.of(pointer.substring(1)) + "'";
  }

  private static String excerpt(JsonNode found) {
    return found.isTextual()
        ? "'" + Excerpt.of(found.textValue()) + "'"
        : Excerpt.of(found.toString());
  }

  /** The first name in the pointer; empty if it points to the whole value. */
  public String field() {
    String[] names = pointer.split("/", 3);
    return names.length < 2 ? "" : names[1].replace("~1", "/").replace("~0", "~");
  }
}
