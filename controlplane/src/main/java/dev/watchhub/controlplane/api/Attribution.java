package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/**
 * Who writes, for what reason, as the client says.
 *
 * @param author from {@code X-Author}; null if it is not there or empty
 * @param note from {@code X-Note}; null if it is not there or empty
 */
record Attribution(@Nullable String author, @Nullable String note) {
  private static final int MAX_AUTHOR_CHARS = 256;
  private static final int MAX_NOTE_CHARS = 2048;

  /**
   * Reads it from a request.
   *
   * @throws ProblemException 400 naming a header that is too long or has control characters
   */
  static Attribution of(Context context) {
    return new Attribution(
        header(context, "X-Author", MAX_AUTHOR_CHARS), header(context, "X-Note", MAX_NOTE_CHARS));
  }

  private static @Nullable String header(Context context, String name, int maxChars) {
    String raw = context.header(name);
    if (raw == null || raw.isBlank()) {
      return null;
    }
    String text = text(raw).strip();
    if (text.length() > maxChars || text.chars().anyMatch(Character::isISOControl)) {
      throw new ProblemException(
          Problem.badField(
              name,
              "the header "
                  + name
                  + " is over "
                  + maxChars
                  + " characters or has control characters"));
    }
    return text;
  }

  /** Jetty gives the bytes of a header as Latin-1; clients send UTF-8. */
  private static String text(String raw) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(raw.getBytes(ISO_8859_1))).toString();
    } catch (CharacterCodingException e) {
      return raw;
    }
  }
}
