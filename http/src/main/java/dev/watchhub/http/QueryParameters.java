package dev.watchhub.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The parameters in a request's query: each one is known and stands there once, so that a misspelt
 * one is an error and not a request for something else.
 */
public final class QueryParameters {
  private final Map<String, String> values;

  private QueryParameters(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads a query. {@code +} is a space, as in forms.
   *
   * @param rawQuery as it stood in the request line, after the {@code ?}; null if there was none
   * @param known the names that the call takes
   * @throws ProblemException 400 naming a parameter that is unknown, repeated or badly encoded
   */
  public static QueryParameters parse(@Nullable String rawQuery, Set<String> known) {
    Map<String, String> values = new LinkedHashMap<>();
    if (rawQuery != null) {
      for (String pair : rawQuery.split("&", -1)) {
        if (!pair.isEmpty()) {
          add(values, pair, known);
        }
      }
    }
    return new QueryParameters(values);
  }

  private static void add(Map<String, String> values, String pair, Set<String> known) {
    int equals = pair.indexOf('=');
    String name = decode("query", equals < 0 ? pair : pair.substring(0, equals));
    if (!known.contains(name)) {
      throw refused(name, "is not known here; expected " + expected(known));
    }
    if (values.putIfAbsent(name, decode(name, equals < 0 ? "" : pair.substring(equals + 1)))
        != null) {
      throw refused(name, "is given twice");
    }
  }

  private static String decode(String name, String raw) {
    return PercentCode.decode(name, raw.replace('+', ' '));
  }

  private static String expected(Set<String> known) {
    return known.isEmpty() ? "no parameter" : String.join(", ", new TreeSet<>(known));
  }

  /** The value of a parameter; empty if it was not given. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * The whole number that a parameter has; empty if it was not given.
   *
   * @param min lowest one allowed
   * @param max highest one allowed
   * @throws ProblemException 400 if it is no whole number from {@code min} to {@code max}
   */
  public OptionalLong number(String name, long min, long max) {
    String text = values.get(name);
    if (text == null) {
      return OptionalLong.empty();
    }
    String range = max == Long.MAX_VALUE ? "from " + min + " on" : "from " + min + " to " + max;
    if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw bad(name, "a whole number " + range);
    }
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException e) {
      // Falls through: empty, or more digits than a number here has.
    }
    throw bad(name, "a whole number " + range);
  }

  /**
   * Whether a parameter was given that is either {@code true} or left out.
   *
   * @throws ProblemException 400 if it has any other value
   */
  public boolean flag(String name) {
    String text = values.get(name);
    if (text != null && !text.equals("true")) {
      throw bad(name, "true");
    }
    return text != null;
  }

  /**
   * The answer to a parameter whose value cannot be used.
   *
   * @param expected what its value should have been, such as "a whole number"
   */
  public ProblemException bad(String name, String expected) {
    return refused(name, "is '" + values.get(name) + "'; expected " + expected);
  }

  private static ProblemException refused(String name, String reason) {
    return new ProblemException(
        Problem.badField(name, "the query parameter '" + name + "' " + reason));
  }
}
