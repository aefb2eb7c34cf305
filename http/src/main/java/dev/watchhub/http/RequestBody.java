package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The body of a request as text, read with a limit. */
public final class RequestBody {
  private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);
  private static final int MAX_DISCARDED_BYTES = 64 << 20;
  private static final Duration MAX_DISCARD_TIME = Duration.ofSeconds(5);

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

  /**
   * Reads what is left of the body and forgets it. A client sends its body before it looks for the
   * answer, and a connection that is closed with bytes unread is reset: the client would lose the
   * answer that refuses it. Gives up after 64 MiB or 5 s, and asks for nothing from a client that
   * waits for a {@code 100 Continue}.
   */
  static void discard(HttpServletRequest request) {
    if (request.getHeader("Expect") != null && request.getContentLengthLong() >= 0) {
      return; // with its length stated it was refused unasked, or read whole
    }
    long deadline = System.nanoTime() + MAX_DISCARD_TIME.toNanos();
    byte[] bytes = new byte[8192];
    try {
      InputStream body = request.getInputStream();
      int left = MAX_DISCARDED_BYTES;
      int read = body.read(bytes);
      while (read > 0 && left > 0 && System.nanoTime() < deadline) {
        left -= read;
        read = body.read(bytes);
      }
    } catch (IOException e) {
      LOG.debug("the rest of a refused body did not come", e);
    }
  }

  private static ProblemException tooLong(int maxBytes) {
    return new ProblemException(
        new Problem(
            413, "the body is longer than " + maxBytes + " bytes", Map.of("field", "body")));
  }
}
