package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;

/** The body of a request as text, read with a limit. */
public final class RequestBody {
  private RequestBody() {}

  /**
   * Reads the whole body as UTF-8, whatever media type the request states. Never holds more than
   * twice {@code maxBytes}, also when the request does not state its length.
   *
   * @param maxBytes the longest body that is taken
   * @throws ProblemException 400 if it is not UTF-8 or breaks off, 413 if it is longer, 415 if it
   *     is compressed
   */
  public static String text(Context context, int maxBytes) {
    HttpServletRequest request = context.req();
    String coding = request.getHeader("Content-Encoding");
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      throw new ProblemException(
          new Problem(
              415,
              "the body has the Content-Encoding '" + coding + "'; expected none",
              Map.of("field", "Content-Encoding")));
    }
    if (request.getContentLengthLong() > maxBytes) {
      throw tooLong(maxBytes);
    }
    byte[] bytes;
    try {
      bytes = request.getInputStream().readNBytes(maxBytes + 1);
    } catch (IOException e) {
      throw new ProblemException(Problem.badField("body", "the body broke off before its end"));
    }
    if (bytes.length > maxBytes) {
      throw tooLong(maxBytes);
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new ProblemException(Problem.badField("body", "the body is not UTF-8"));
    }
  }

  private static ProblemException tooLong(int maxBytes) {
    return new ProblemException(
        new Problem(
            413, "the body is longer than " + maxBytes + " bytes", Map.of("field", "body")));
  }
}
