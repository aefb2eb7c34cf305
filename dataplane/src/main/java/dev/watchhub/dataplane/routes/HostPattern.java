package dev.watchhub.dataplane.routes;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The {@code host} of a route: one name, or every name below one.
 *
 * @param text as it was written, in lower case; empty for any host
 */
record HostPattern(String text) {
  /** Any host. */
  static final HostPattern ANY = new HostPattern("");

  static final int MAX_CHARS = 253;
  private static final Pattern FORM = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");

  /**
   * Reads a {@code host}.
   *
   * @throws BadValueException if it is none
   */
  static HostPattern parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.length() > MAX_CHARS || !FORM.matcher(lower).matches()) {
      throw new BadValueException(
          "'host' must be a host name without a port, or '*.' with a name after it");
    }
    return new HostPattern(lower);
  }

  /** What it is found by: the name, the end of a name with its dot, or nothing. */
  String indexed() {
    return text.startsWith("*") ? text.substring(1) : text;
  }

  /**
   * Whether it fits the host of a request.
   *
   * @param host as {@link #normalised} gives it
   */
  boolean fits(String host) {
    return text.isEmpty()
        || (text.startsWith("*")
            ? host.endsWith(indexed()) && host.length() > indexed().length()
            : host.equals(text));
  }

  /** The host of a request as it is looked up; empty when no pattern but {@link #ANY} can fit. */
  static String normalised(String host) {
    if (host.length() > MAX_CHARS + 1) {
      return "";
    }
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
