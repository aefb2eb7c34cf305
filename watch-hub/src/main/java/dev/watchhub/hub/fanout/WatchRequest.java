package dev.watchhub.hub.fanout;

import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber asked for.
 *
 * @param since where it was; null when it begins
 * @param snapshot whether it wants a snapshot when it begins, or has to begin anew
 * @param resettable whether it goes on by a reset when its position is lost; else it is refused
 */
public record WatchRequest(
    Filter filter, @Nullable Position since, boolean snapshot, boolean resettable) {
  public WatchRequest {
    if (resettable && !snapshot) {
      throw new IllegalArgumentException("a reset needs a snapshot");
    }
  }
}
