package dev.watchhub.controlplane.api;

import io.javalin.http.Context;
import java.util.Collections;

/**
 * The entity tag of a key: its revision in quotes.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2">RFC 9110, If-None-Match</a>
 */
final class EntityTag {
  private EntityTag() {}

  /**
   * Adds {@code ETag} to the answer, and makes it a 304 if the client says that it has this
   * revision.
   *
   * @return whether it is one, and has no body
   */
  static boolean known(Context context, long revision) {
    String tag = "\"" + revision + "\"";
    context.header("ETag", tag);
    for (String header : Collections.list(context.req().getHeaders("If-None-Match"))) {
      for (String given : header.split(",", -1)) {
        String stripped = given.strip();
        String opaque = stripped.startsWith("W/") ? stripped.substring(2) : stripped;
        if (opaque.equals(tag) || opaque.equals("*")) {
          context.status(304).res().setContentType(null); // there is no content
          return true;
        }
      }
    }
    return false;
  }
}
