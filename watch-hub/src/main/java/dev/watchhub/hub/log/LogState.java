package dev.watchhub.hub.log;

import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;

/**
 * Everything that a reader needs to know of the log, at one moment.
 *
 * @param ready whether the image is that of the table at {@code position}; false while the hub
 *     loads, and while it has lost the database
 * @param image the latest row of every key at {@code position}
 * @param position the log has every commit up to here
 * @param next sequence of the next commit to come
 * @param oldest sequence of the oldest commit held; {@code next} when there is none
 * @param oldestPosition a reader may resume here or later
 * @param voidBefore cursors below this are void, for {@code voidReason}: the image was made anew
 * @param voidReason why
 * @param heartbeat number of the newest of the hub's own heartbeats that has come back, 0 before
 *     the first
 */
public record LogState(
    boolean ready,
    Image image,
    Position position,
    long next,
    long oldest,
    Position oldestPosition,
    long voidBefore,
    ResetReason voidReason,
    long heartbeat) {
  private static final Position NOWHERE = new Position(0, 1, Lsn.ZERO);

  /** The state before the first load. */
  static final LogState UNLOADED =
      new LogState(false, Image.EMPTY, NOWHERE, 0, 0, NOWHERE, 0, ResetReason.EXPIRED, 0);

  LogState withReady(boolean now) {
    return new LogState(
        now, image, position, next, oldest, oldestPosition, voidBefore, voidReason, heartbeat);
  }

  LogState reached(Position now, long heartbeatNow) {
    return new LogState(
        ready, image, now, next, oldest, oldestPosition, voidBefore, voidReason, heartbeatNow);
  }

  LogState appended(Image imageNow, Position now) {
    return new LogState(
        ready, imageNow, now, next + 1, oldest, oldestPosition, voidBefore, voidReason, heartbeat);
  }

  LogState trimmed(Image imageNow, long oldestNow, Position oldestPositionNow) {
    return new LogState(
        ready,
        imageNow,
        position,
        next,
        oldestNow,
        oldestPositionNow,
        voidBefore,
        voidReason,
        heartbeat);
  }

  /** Every cursor given out so far is void; the log begins anew at {@code from}. */
  LogState restarted(Image imageNow, Position from, ResetReason reason) {
    long first = next + 1; // a reader that had read everything stood at next
    return new LogState(ready, imageNow, from, first, first, from, first, reason, heartbeat);
  }
}
