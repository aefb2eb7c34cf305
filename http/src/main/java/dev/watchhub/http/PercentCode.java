package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Decodes the {@code %XX} of paths and queries, strictly. */
final class PercentCode {
  private PercentCode() {}

  /**
   * Decodes {@code %XX} and nothing else.
   *
   * <p>Bytes that were neither encoded nor UTF-8 come from Jetty as U+FFFD, so that is refused.
   *
   * @param field what {@code raw} is, for the message
   * @throws ProblemException 400 if an escape is cut short or the bytes are no UTF-8
   */
  static String decode(String field, String raw) {
    if (raw.indexOf('\uFFFD') >= 0) {
      throw refused(field, raw, "is not UTF-8");
    }
    byte[] bytes = raw.getBytes(UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.write(bytes[i]);
        continue;
      }
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw refused(field, raw, "has a '%' without two hexadecimal digits");
      }
      decoded.write((high << 4) | low);
      i += 2;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw refused(field, raw, "is not UTF-8 once decoded");
    }
  }

  private static ProblemException refused(String field, String raw, String reason) {
    return new ProblemException(
        Problem.badField(field, "the " + field + " '" + raw + "' " + reason));
  }
}
