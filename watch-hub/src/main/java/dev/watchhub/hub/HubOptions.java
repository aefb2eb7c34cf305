package dev.watchhub.hub;

import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.fanout.Timing;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.replication.Source;

/**
 * What a hub is started with.
 *
 * @param listen where it serves watches
 * @param source what it reads
 * @param bounds how much of the past it keeps
 * @param timing of bookmarks, comments and stalled subscribers
 * @param fanOutThreads threads that write to subscribers, from 1
 */
public record HubOptions(
    ListenAddress listen, Source source, LogBounds bounds, Timing timing, int fanOutThreads) {
  /** The usual bounds and timing, and a single thread for all subscribers. */
  public static HubOptions of(ListenAddress listen, Source source) {
    return new HubOptions(listen, source, LogBounds.DEFAULT, Timing.DEFAULT, 1);
  }
}
