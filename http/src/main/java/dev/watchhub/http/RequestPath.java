package dev.watchhub.http;

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
    return PercentCode.decode("path", rawPath);
  }
}
