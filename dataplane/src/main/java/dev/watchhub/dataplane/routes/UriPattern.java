package dev.watchhub.dataplane.routes;

import dev.watchhub.http.ProblemException;
import dev.watchhub.http.RequestPath;

/**
 * The {@code uri} of a route.
 *
 * @param text as it was written
 * @param path decoded as in {@link RoutablePath#matched}; of a prefix without the {@code /*}, so
 *     empty for {@code /*}
 * @param prefix whether it is everything below {@code path}
 */
record UriPattern(String text, String path, boolean prefix) {
  static final int MAX_CHARS = 2048;

  /**
   * Reads a {@code uri}.
   *
   * @throws BadValueException if it is none
   */
  static UriPattern parse(String text) {
    if (!text.startsWith("/") || text.length() > MAX_CHARS) {
      throw new BadValueException(
          "'uri' must start with '/' and have at most " + MAX_CHARS + " characters");
    }
    boolean prefix = text.endsWith("/*");
    String raw = prefix ? text.substring(0, text.length() - 2) : text;
    if (raw.indexOf('*') >= 0) {
      throw new BadValueException("'uri' may have a '*' only as its end '/*'");
    }
    if (raw.chars().anyMatch(c -> c == '?' || c == '#' || c == ';' || c == ' ')) {
      throw new BadValueException("'uri' must be a path without '?', '#', ';' or space");
    }
    return new UriPattern(text, raw.isEmpty() ? raw : decoded(raw, prefix), prefix);
  }

  private static String decoded(String raw, boolean prefix) {
    String path;
    try {
      path = RequestPath.decode(raw);
    } catch (ProblemException e) {
      throw new BadValueException("'uri' has a bad percent escape");
    }
    if (path.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
      throw new BadValueException("'uri' must not have a backslash or a control character");
    }
    String[] segments = path.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      boolean lastSlash = !prefix && i == segments.length - 1;
      if (segments[i].isEmpty()
          ? !lastSlash
          : segments[i].equals(".") || segments[i].equals("..")) {
        throw new BadValueException("'uri' must not have an empty, '.' or '..' segment");
      }
    }
    return path;
  }
}
