package dev.watchhub.verify.load;

import dev.watchhub.protocol.Position;
import dev.watchhub.verify.record.WatchRecording;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Where the commits of the last moments end: some of what a long watch passed. Threading: any. */
final class RecentPositions implements Supplier<Optional<Position>> {
  private static final int KEPT = 64;

  private final WatchRecording watch;
  private final Random random;

  // Guarded by this.
  private final Position[] kept = new Position[KEPT];
  private int count;

  RecentPositions(WatchRecording watch, Random random) {
    this.watch = watch;
    this.random = random;
  }

  /** Notes where the watch is; called often. */
  synchronized void note() {
    watch.position().ifPresent(position -> kept[count++ % KEPT] = position);
  }

  @Override
  public synchronized Optional<Position> get() {
    int known = Math.min(count, KEPT);
    return known == 0 ? Optional.empty() : Optional.of(kept[random.nextInt(known)]);
  }
}
