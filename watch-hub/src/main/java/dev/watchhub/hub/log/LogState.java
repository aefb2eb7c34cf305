package dev.watchhub.hub.log;

import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.util.List;

/**
 * Everything that a reader needs to know of the log, at one moment.
 *
 * @param ready whether the image is that of the table at {@code position}; false while the hub
 *     loads, and while it has lost the database
 * @param image the latest row of every key at {@code position}
 * @param reach which positions it can go on from
 * @param next sequence of the next commit to come
 * @param oldest sequence of the oldest commit held; {@code next} when there is none
 * @param voidBefore cursors below this are void, for {@code voidReason}: the image was made anew
 * @param voidReason why
 * @param heartbeat number of the newest of the hub's own heartbeats that has come back, 0 before
 *     the first
 */
public record LogState(
    boolean ready,
    Image image,
    Reach reach,
    long next,
    long oldest,
    long voidBefore,
    ResetReason voidReason,
    long heartbeat) {
  private static final Position NOWHERE = new Position(0, 1, Lsn.ZERO);

  /** The state before the first load. */
  static final LogState UNLOADED =
      new LogState(
          false,
          Image.EMPTY,
          new Reach(NOWHERE, NOWHERE, List.of(), List.of()),
          0,
          0,
          0,
          ResetReason.EXPIRED,
          0);

  /** The log has every commit up to here. */
  public Position position() {
    return reach.newest();
  }

  /** A reader may resume here or later. */
  public Position oldestPosition() {
    return reach.oldest();
  }

  /** How the image stands to a position. */
  public Standing standing(Position of) {
    return reach.standing(of);
  }

  LogState withReady(boolean now) {
    return new LogState(now, image, reach, next, oldest, voidBefore, voidReason, heartbeat);
  }

  LogState withReach(Reach now) {
    return new LogState(ready, image, now, next, oldest, voidBefore, voidReason, heartbeat);
  }

  LogState withHeartbeat(long now) {
    return new LogState(ready, image, reach, next, oldest, voidBefore, voidReason, now);
  }

  LogState appended(Image imageNow, long nextNow, Reach now) {
    return new LogState(ready, imageNow, now, nextNow, oldest, voidBefore, voidReason, heartbeat);
  }

  LogState trimmed(Image imageNow, long oldestNow, Reach now) {
    return new LogState(ready, imageNow, now, next, oldestNow, voidBefore, voidReason, heartbeat);
  }

  /** Every cursor given out so far is void; the log begins anew at {@code from}. */
  LogState restarted(Image imageNow, Position from, List<Ancestor> ancestors, ResetReason reason) {
    long first = next + 1; // a reader that had read everything stood at next
    Reach now = new Reach(from, from, List.of(), ancestors);
    return new LogState(ready, imageNow, now, first, first, first, reason, heartbeat);
  }
}
