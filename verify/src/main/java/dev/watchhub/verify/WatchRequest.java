package dev.watchhub.verify;

import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for.
 *
 * @param client a name for it, in violations
 * @param since what it wanted to go on from; null for nothing
 * @param snapshot whether it wanted to be told first what is live, when it has no position
 */
public record WatchRequest(
    String client, Filter filter, @Nullable Position since, boolean snapshot) {
  /** A watch from the beginning: first what is live, then every change. */
  public static WatchRequest fromTheBeginning(String client, Filter filter) {
    return new WatchRequest(client, filter, null, true);
  }

  /** A watch that goes on from a position. */
  public static WatchRequest after(String client, Filter filter, Position since) {
    return new WatchRequest(client, filter, since, true);
  }
}
