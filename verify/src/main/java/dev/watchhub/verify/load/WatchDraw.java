package dev.watchhub.verify.load;

import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.WatchRequest;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Draws what watchers ask for. One thread. */
final class WatchDraw {
  private static final long FAR_AHEAD_BYTES = 1L << 40;
  private static final int NEAR_BYTES = 200;

  private final Random random;
  private final String prefix;

  WatchDraw(Random random, String prefix) {
    this.random = random;
    this.prefix = prefix;
  }

  /** Some of the load's keys, now and then only some kinds of change, or with what was before. */
  Filter filter() {
    Set<Op> ops =
        random.nextInt(5) == 0
            ? EnumSet.of(random.nextBoolean() ? Op.PUT : Op.DELETE)
            : EnumSet.allOf(Op.class);
    boolean prev = random.nextInt(5) == 0;
    return switch (random.nextInt(4)) {
      case 0 -> new Filter(Set.of(prefix), Set.of(), ops, prev);
      case 1 -> new Filter(Set.of(prefix + "k"), Set.of(), ops, prev);
      case 2 -> new Filter(Set.of(), Set.of(prefix + "k1", prefix + "k2"), ops, prev);
      default -> new Filter(Set.of(prefix + "w0/"), Set.of(prefix + "k0"), ops, prev);
    };
  }

  /** A short watch, which begins at a position around one that was current a moment ago. */
  WatchRequest request(String client, Optional<Position> current) {
    Filter filter = filter();
    int kind = random.nextInt(10);
    if (current.isEmpty() || kind < 2) {
      return WatchRequest.fromTheBeginning(client, filter);
    }
    if (kind < 3) {
      return new WatchRequest(client, filter, null, false);
    }
    return WatchRequest.after(client, filter, around(current.get()));
  }

  private Position around(Position position) {
    long lsn = position.lsn().value();
    int kind = random.nextInt(40);
    if (kind == 0) {
      return new Position(position.cluster() + 1, position.timeline(), position.lsn());
    }
    if (kind == 1) {
      return position.at(new Lsn(lsn + FAR_AHEAD_BYTES));
    }
    if (kind < 15) {
      return position; // where a commit ends
    }
    return position.at(new Lsn(lsn + random.nextInt(2 * NEAR_BYTES) - NEAR_BYTES));
  }
}
