package dev.watchhub.client;

import dev.watchhub.protocol.Position;
import org.jspecify.annotations.Nullable;

/**
 * How far what was told reaches: every change up to here. One of both is there, after the source
 * that said so.
 *
 * @param position a place in the commit order, from a hub; null when it was the database
 * @param token what the database's {@code changes_since} gave out; null when it was a hub
 */
public record Reached(@Nullable Position position, @Nullable String token) {
  /** A place in the commit order. */
  public static Reached at(Position position) {
    return new Reached(position, null);
  }

  /** What a token of {@code changes_since} has seen. */
  public static Reached seenBy(String token) {
    return new Reached(null, token);
  }
}
