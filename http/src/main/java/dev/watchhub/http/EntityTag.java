package dev.watchhub.http;

import io.javalin.http.Context;
import java.util.Collections;

/**
 * Answers that a client has already.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2">RFC 9110, If-None-Match</a>
 */
public final class EntityTag {
  private EntityTag() {}

  /** The tag of a key's value, which is written once for each revision. */
  public static String of(long revision) {
    return "\"" + revision + "\"";
  }

  /**
   * Adds {@code ETag} to the answer, and makes it a 304 if the client says that it has this one.
   *
   * @param tag in quotes, with {@code W/} before them if the answer may differ in its bytes
   * @return whether it is one, and has no body
   */
  public static boolean known(Context context, String tag) {
    context.header("ETag", tag);
    for (String header : Collections.list(context.req().getHeaders("If-None-Match"))) {
      for (String given : header.split(",", -1)) {
        String stripped = given.strip();
        if (stripped.equals("*") || opaque(stripped).equals(opaque(tag))) {
          context.status(304).res().setContentType(null); // there is no content
          return true;
        }
      }
    }
    return false;
  }

  private static String opaque(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }
}
