package dev.watchhub.verify;

import dev.watchhub.verify.WatchStep.Snapshot;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What one client asked for, with all that it saw, in its order. Immutable.
 *
 * @param traits how it is to be read
 */
public record WatchHistory(WatchRequest request, Set<Trait> traits, List<WatchStep> steps) {
  /** How a history is to be read. */
  public enum Trait {
    /** One commit may tell several whole transactions, as the watcher of a database does. */
    MERGED,
    /** Its first snapshot was taken before the first transaction of the truth. */
    FROM_BASE,
    /** It was recorded until everything of the truth was due to have come. */
    UNTIL_END
  }

  public WatchHistory {
    traits = Set.copyOf(traits);
    steps = List.copyOf(steps);
  }

  /** The same history, to be read in one more way. */
  public WatchHistory with(Trait trait) {
    EnumSet<Trait> more = EnumSet.of(trait);
    more.addAll(traits);
    return new WatchHistory(request, more, steps);
  }

  /** Whether it is a stream's, whose snapshots say as of which position they are. */
  boolean isOfAStream() {
    for (WatchStep step : steps) {
      if (step instanceof Snapshot snapshot && snapshot.position() == null) {
        return false;
      }
    }
    return true;
  }
}
