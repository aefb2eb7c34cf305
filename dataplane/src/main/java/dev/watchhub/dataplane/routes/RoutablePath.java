package dev.watchhub.dataplane.routes;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.RequestPath;
import java.util.ArrayList;
import java.util.List;

/**
 * The path of a request in the one form that is matched and forwarded, so that nothing is matched
 * as one path and served as another.
 *
 * <p>{@code .} and {@code ..} segments are resolved and empty segments dropped, also where they are
 * percent-encoded; every other segment is forwarded byte for byte as it came. A route is chosen by
 * the same path percent-decoded once, an encoded slash counting as a slash, and without path
 * parameters ({@code ;x}). What an upstream might take for another path than this one is refused:
 * dots or empty segments behind {@code %2F} or before a parameter, {@code ..} above the root, a
 * backslash, control characters, escapes that are cut short or no UTF-8, and within a parameter
 * also an encoded slash.
 *
 * @param matched decoded; starts with {@code /}, and has an empty segment at most at its end
 * @param forwarded as it goes on the request line, without the query
 */
public record RoutablePath(String matched, String forwarded) {
  /**
   * Reads the path of a request line.
   *
   * @param raw without the query
   * @throws ProblemException 400 if the path is refused
   */
  public static RoutablePath of(String raw) {
    if (!raw.startsWith("/")) {
      throw refused(raw, "must start with '/'");
    }
    return isPlain(raw) ? new RoutablePath(raw, raw) : normalised(raw);
  }

  /**
   * What is forwarded when the segments of {@code prefix} are taken off.
   *
   * @param prefix a matched path that this one lies below; empty, or from {@code /} on without one
   *     at its end
   * @return starts with {@code /}
   */
  String without(String prefix) {
    long slashes = prefix.chars().filter(c -> c == '/').count();
    int at = 0; // behind the slashes that were passed, encoded ones included
    for (long passed = 0; passed <= slashes; passed++) {
      int plain = forwarded.indexOf('/', at);
      int encoded = indexOfEncodedSlash(at);
      at = plain >= 0 && (encoded < 0 || plain < encoded) ? plain + 1 : encoded + 3;
    }
    return "/" + forwarded.substring(at);
  }

  private int indexOfEncodedSlash(int from) {
    int upper = forwarded.indexOf("%2F", from);
    int lower = forwarded.indexOf("%2f", from);
    return upper < 0 || lower < 0 ? Math.max(upper, lower) : Math.min(upper, lower);
  }

  /** Whether nothing in {@code raw} needs a second look; so it is with almost every path. */
  private static boolean isPlain(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '%' || c == ';' || c == '\\') {
        return false;
      }
      if (c == '/'
          && i + 1 < raw.length()
          && (raw.charAt(i + 1) == '/' || raw.charAt(i + 1) == '.')) {
        return false;
      }
    }
    return true;
  }

  private static RoutablePath normalised(String raw) {
    if (raw.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw refused(raw, "has a character that must be percent-encoded");
    }
    List<String> decoded = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    boolean directory = false; // whether the path ends in a slash
    for (String segment : raw.substring(1).split("/", -1)) {
      int parameter = segment.indexOf(';');
      String name = RequestPath.decode(parameter < 0 ? segment : segment.substring(0, parameter));
      directory = isDots(name) || name.isEmpty();
      if (directory && parameter >= 0) {
        throw refused(raw, "has a parameter on an empty or dot segment");
      }
      if (parameter >= 0) {
        checkParameter(raw, RequestPath.decode(segment.substring(parameter)));
      }
      if (name.equals("..")) {
        if (kept.isEmpty()) {
          throw refused(raw, "leads above the root");
        }
        decoded.remove(decoded.size() - 1);
        kept.remove(kept.size() - 1);
      } else if (!directory) {
        checkSegment(raw, name);
        decoded.add(name);
        kept.add(segment);
      }
    }
    return new RoutablePath(join(decoded, directory), join(kept, directory));
  }

  private static void checkSegment(String raw, String name) {
    if (name.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
      throw refused(raw, "has a backslash or a control character");
    }
    if (name.indexOf('/') >= 0) {
      for (String piece : name.split("/", -1)) {
        if (piece.isEmpty() || isDots(piece)) {
          throw refused(raw, "hides an empty or dot segment behind an encoded slash");
        }
      }
    }
  }

  private static void checkParameter(String raw, String parameter) {
    if (parameter.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
      throw refused(raw, "has a slash, a backslash or a control character in a parameter");
    }
  }

  private static boolean isDots(String segment) {
    return segment.equals(".") || segment.equals("..");
  }

  private static String join(List<String> segments, boolean directory) {
    StringBuilder path = new StringBuilder();
    segments.forEach(segment -> path.append('/').append(segment));
    return directory || segments.isEmpty() ? path.append('/').toString() : path.toString();
  }

  private static ProblemException refused(String raw, String why) {
    return new ProblemException(Problem.badField("path", "the path '" + raw + "' " + why));
  }
}
