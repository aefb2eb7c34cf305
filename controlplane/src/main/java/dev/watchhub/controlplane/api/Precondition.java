package dev.watchhub.controlplane.api;

import dev.watchhub.controlplane.store.Condition;
import dev.watchhub.controlplane.store.WriteOutcome;
import dev.watchhub.http.Excerpt;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import io.javalin.http.Context;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The condition of a write, as its headers say.
 *
 * @param header the one that says it; empty for none
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1">RFC 9110, Preconditions</a>
 */
record Precondition(String header, Condition condition) {
  private static final String MATCH = "If-Match";
  private static final String NONE_MATCH = "If-None-Match";
  private static final Pattern REVISION = Pattern.compile("\"([1-9][0-9]{0,17})\"");

  /**
   * Reads it from a request.
   *
   * @throws ProblemException 400 naming a header that is malformed, repeated, or one too many
   */
  static Precondition of(Context context) {
    List<String> match = Collections.list(context.req().getHeaders(MATCH));
    List<String> noneMatch = Collections.list(context.req().getHeaders(NONE_MATCH));
    if (match.size() + noneMatch.size() > 1) {
      throw new ProblemException(
          Problem.badField(
              match.isEmpty() ? NONE_MATCH : MATCH,
              "there is more than one condition; expected one header If-Match or If-None-Match"));
    }
    if (!match.isEmpty()) {
      return new Precondition(MATCH, match(match.get(0).strip()));
    }
    if (!noneMatch.isEmpty()) {
      if (!noneMatch.get(0).strip().equals("*")) {
        throw bad(NONE_MATCH, noneMatch.get(0), "*, for a key that must not be there");
      }
      return new Precondition(NONE_MATCH, Condition.ABSENT);
    }
    return new Precondition("", Condition.NONE);
  }

  private static Condition match(String text) {
    if (text.equals("*")) {
      return Condition.EXISTS;
    }
    Matcher matcher = REVISION.matcher(text);
    if (!matcher.matches()) {
      throw bad(MATCH, text, "one revision in quotes, such as \"12\", or *");
    }
    return Condition.revision(Long.parseLong(matcher.group(1)));
  }

  private static ProblemException bad(String header, String text, String expected) {
    return new ProblemException(
        Problem.badField(
            header,
            "the header " + header + " is '" + Excerpt.of(text) + "'; expected " + expected));
  }

  /** The answer when it does not hold: 412, with the revision that is there, if there is one. */
  ProblemException refused(String key, WriteOutcome.Refused found) {
    Map<String, Object> more = new LinkedHashMap<>(Map.of("key", key, "field", header));
    String there;
    if (found.revision() == null) {
      there = "is not there";
    } else {
      there = "has revision " + found.revision();
      more.put("revision", found.revision());
    }
    return new ProblemException(
        new Problem(
            412,
            "the key '" + Excerpt.of(key) + "' " + there + ", and " + header + " asks for another",
            more));
  }
}
