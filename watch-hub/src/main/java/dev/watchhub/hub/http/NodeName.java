package dev.watchhub.hub.http;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.util.regex.Pattern;

/**
 * How a node may be called: so that it is no number of a subscription, and stands in a path as it
 * is.
 */
final class NodeName {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  private NodeName() {}

  static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  /**
   * The name itself.
   *
   * @throws ProblemException 400 naming {@code field} if it is none
   */
  static String checked(String text, String field) {
    if (!FORM.matcher(text).matches() || isNumber(text)) {
      throw new ProblemException(
          Problem.badField(
              field,
              "'"
                  + text
                  + "' is no name of a node; expected up to 100 letters, digits, '.', '_' and '-',"
                  + " the first a letter or a digit, not digits alone"));
    }
    return text;
  }
}
