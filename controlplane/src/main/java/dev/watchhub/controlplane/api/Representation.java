package dev.watchhub.controlplane.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an answer is written in, as the client asked by {@code Accept}. */
enum Representation {
  /** JSON objects. */
  JSON("application/json"),
  /** Lines, as the original demo answered. */
  LINES("text/plain");

  /** How well an {@code Accept} header fits: by quality, then by how exactly it was named. */
  private record Fit(double quality, int exactness) {
    static final Fit NONE = new Fit(0, 0);

    boolean beats(Fit other) {
      return quality > other.quality
          || (quality > 0 && quality == other.quality && exactness > other.exactness);
    }
  }

  private final String mediaType;

  Representation(String mediaType) {
    this.mediaType = mediaType;
  }

  /**
   * What {@code accept} prefers; JSON when it prefers neither, or is null.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110, Accept</a>
   */
  static Representation of(@Nullable String accept) {
    return accept != null && LINES.fit(accept).beats(JSON.fit(accept)) ? LINES : JSON;
  }

  private Fit fit(String accept) {
    Fit best = Fit.NONE;
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      int exactness = exactness(parts[0].strip());
      if (exactness > best.exactness) { // the most exact range decides, also when it says 0
        best = new Fit(quality(parts), exactness);
      }
    }
    return best;
  }

  private int exactness(String range) {
    if (range.equals(mediaType)) {
      return 3;
    }
    if (range.equals(mediaType.substring(0, mediaType.indexOf('/')) + "/*")) {
      return 2;
    }
    return range.equals("*/*") ? 1 : 0;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
