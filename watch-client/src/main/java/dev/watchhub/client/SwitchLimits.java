package dev.watchhub.client;

import java.time.Duration;

/**
 * How patient a {@link SwitchingWatcher} is.
 *
 * @param reach how long a mode that was asked for may take until it follows
 * @param catchUp how much longer it may take to reach what was told
 * @param lost not following for as long as this, the one that is followed will tell nothing more
 *     that is worth waiting for
 * @param away not following for as long as this, it is left for the fallback; followed for as long
 *     as this without a break, it is there again
 */
record SwitchLimits(Duration reach, Duration catchUp, Duration lost, Duration away) {
  static final SwitchLimits DEFAULT =
      new SwitchLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(15), // an idle hub says every 10 s how far it is
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));
}
