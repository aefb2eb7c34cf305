package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** The path of a request as its sender meant it. */
public final class RequestPath {
  private RequestPath() {}

  /**
   * Decodes {@code %XX} and nothing else: {@code ;}, {@code \}, {@code ..} and {@code //} stay what
   * they are.
   *
   * @param rawPath as it stood in the request line, without the query
   * @throws ProblemException 400 if an escape is cut short or the bytes are no UTF-8
   */
  public static String decode(String rawPath) {
    byte[] raw = rawPath.getBytes(UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != '%') {
        decoded.write(raw[i]);
        continue;
      }
      int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw new ProblemException(
            Problem.badField(
                "path", "the path '" + rawPath + "' has a '%' without two hexadecimal digits"));
      }
      decoded.write((high << 4) | low);
      i += 2;
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw new ProblemException(
          Problem.badField("path", "the path '" + rawPath + "' is not UTF-8 once decoded"));
    }
  }
}
