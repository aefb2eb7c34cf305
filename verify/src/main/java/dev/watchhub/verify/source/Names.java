package dev.watchhub.verify.source;

import java.util.regex.Pattern;

/** What may stand in SQL unquoted. */
final class Names {
  private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  private Names() {}

  /**
   * The name, once it is known to be an identifier.
   *
   * @throws IllegalArgumentException if it is none
   */
  static String checked(String what, String name) {
    if (!IDENTIFIER.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the " + what + " '" + name + "': expected lower-case letters, digits and _");
    }
    return name;
  }
}
