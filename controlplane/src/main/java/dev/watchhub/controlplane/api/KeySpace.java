package dev.watchhub.controlplane.api;

import dev.watchhub.http.Excerpt;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestPath;
import dev.watchhub.protocol.Key;
import io.javalin.http.Context;
import java.util.Optional;

/**
 * The keys that are reached under one path.
 *
 * @param path under which they are reached, such as {@code /routes}
 * @param prefix with which they begin: a collection's own name, or {@code /} for all keys
 * @param values how their values look
 */
record KeySpace(String path, String prefix, Values values) {
  /**
   * The key that a request's path names.
   *
   * @throws ProblemException 400 if it breaks the rules of keys
   */
  String key(Context context) {
    String decoded = RequestPath.decode(context.req().getRequestURI());
    return checked("key", prefix + decoded.substring(path.length() + 1));
  }

  /**
   * Returns {@code key} if it keeps the rules of keys.
   *
   * @param field what it was given as, for the message
   */
  static String checked(String field, String key) {
    Key.violation(key)
        .ifPresent(
            violation -> {
              throw new ProblemException(
                  Problem.badField(field, "the key '" + Excerpt.of(key) + "' " + violation));
            });
    return key;
  }

  /**
   * The beginning of keys that a request asks for; empty if it names none.
   *
   * @throws ProblemException 400 if no key can begin so
   */
  static Optional<String> prefix(QueryParameters query) {
    Optional<String> prefix = query.text("prefix");
    prefix
        .filter(text -> !text.startsWith("/") || text.chars().anyMatch(Character::isISOControl))
        .ifPresent(
            text -> {
              throw query.bad("prefix", "the beginning of a key: '/', and no control characters");
            });
    return prefix;
  }
}
