package dev.watchhub.http;

/** The beginning of a text that a client sent, short enough for a message. */
public final class Excerpt {
  private static final int MAX_CHARS = 120;

  private Excerpt() {}

  /** {@code text}, cut after some characters. */
  public static String of(String text) {
    if (text.length() <= MAX_CHARS) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_CHARS - 1)) ? MAX_CHARS - 1 : MAX_CHARS;
    return text.substring(0, end) + "…";
  }
}
