package dev.watchhub.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/** The rules that a key keeps. The database checks the same ones ({@code check_key}). */
public final class Key {
  /** Longest key, in bytes of UTF-8. */
  public static final int MAX_BYTES = 512;

  private Key() {}

  /**
   * What is wrong with {@code key}, as the end of a sentence that starts with the key; or empty.
   */
  public static Optional<String> violation(String key) {
    if (!key.startsWith("/")) {
      return Optional.of("must start with '/'");
    }
    int bytes = key.getBytes(UTF_8).length;
    if (bytes > MAX_BYTES) {
      return Optional.of("must have at most " + MAX_BYTES + " bytes of UTF-8, has " + bytes);
    }
    if (key.codePoints().anyMatch(Character::isISOControl)) {
      return Optional.of("must not contain control characters");
    }
    for (String segment : key.substring(1).split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return Optional.of("must not contain an empty, '.' or '..' segment");
      }
    }
    return Optional.empty();
  }
}
