package dev.watchhub.controlplane.typed;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.regex.RegularExpression;

/**
 * A {@code pattern} of a schema, in the syntax of RE2: it takes time in proportion to the text,
 * whatever the text and the pattern are, and has no look-around and no back references.
 */
final class LinearPattern implements RegularExpression {
  private final Pattern pattern;

  private LinearPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Compiles a pattern.
   *
   * @throws BadSchemaException if RE2 does not have what it uses
   */
  static LinearPattern of(String regex) {
    try {
      return new LinearPattern(Pattern.compile(regex));
    } catch (PatternSyntaxException e) {
      throw new BadSchemaException(
          "the pattern '" + regex + "' is none of RE2: " + e.getDescription(), e);
    }
  }

  /** Whether it fits somewhere in {@code value}. */
  @Override
  public boolean matches(String value) {
    return pattern.matcher(value).find();
  }
}
