package dev.watchhub.controlplane.typed;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What is wrong with a value, and where.
 *
 * @param pointer to the place in the value; empty for the whole of it
 * @param detail what is there, and what was expected
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</a>
 */
public record ValueFault(String pointer, String detail) {
  private static final int MAX_CHARS = 120;

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
    return pointer.isEmpty() ? "the value" : "'" + shortened(pointer.substring(1)) + "'";
  }

  private static String excerpt(JsonNode found) {
    return found.isTextual()
        ? "'" + shortened(found.textValue()) + "'"
        : shortened(found.toString());
  }

  private static String shortened(String text) {
    if (text.length() <= MAX_CHARS) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_CHARS - 1)) ? MAX_CHARS - 1 : MAX_CHARS;
    return text.substring(0, end) + "…";
  }

  /** The first name in the pointer; empty if it points to the whole value. */
  public String field() {
    String[] names = pointer.split("/", 3);
    return names.length < 2 ? "" : names[1].replace("~1", "/").replace("~0", "~");
  }
}
