package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.ResetReason;
import dev.watchhub.verify.Report;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchStep;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What came of a {@link Round}.
 *
 * @param report of all clients
 * @param watches those that went on from the beginning to the end
 * @param commits that were confirmed to the writers
 * @param listenerRestarts how often the watcher of the database was told everything anew
 */
record Outcome(Report report, List<WatchHistory> watches, long commits, long listenerRestarts) {
  Outcome {
    watches = List.copyOf(watches);
  }

  /** Fails with the evidence if a promise was broken. */
  Outcome keptEveryPromise() {
    assertThat(report.violations().stream().limit(3))
        .as("the first of %d violations", report.violations().size())
        .isEmpty();
    return this;
  }

  /** Fails if a client of the hub that stayed was told that it cannot go on. */
  Outcome resetNobody() {
    assertThat(resets()).as("reasons of resets of clients that stayed").isEmpty();
    return this;
  }

  /** Fails unless the watcher of the database was told everything anew so often. */
  Outcome restartedTheListener(int times) {
    assertThat(listenerRestarts).as("restarts of the watcher of the database").isEqualTo(times);
    return this;
  }

  /** Fails unless every client that stayed was told so, for that reason and no other. */
  Outcome resetEverybody(ResetReason reason) {
    for (WatchHistory watch : watches) {
      assertThat(reasons(watch))
          .as("resets of '%s'", watch.request().client())
          .containsOnly(reason);
    }
    return this;
  }

  /** Why a client that stayed was told that it cannot go on, as often as it was. */
  List<ResetReason> resetsOf(String client) {
    return reasons(watch(client));
  }

  /** Changes in the largest commit that came to a client that stayed. */
  int largestCommit(String client) {
    return watch(client).steps().stream()
        .mapToInt(
            step ->
                step instanceof WatchStep.Committed committed
                    ? committed.commit().changes().size()
                    : 0)
        .max()
        .orElseThrow();
  }

  private WatchHistory watch(String client) {
    return watches.stream()
        .filter(watch -> watch.request().client().equals(client))
        .findAny()
        .orElseThrow();
  }

  private Set<ResetReason> resets() {
    return watches.stream().flatMap(watch -> reasons(watch).stream()).collect(Collectors.toSet());
  }

  /** The reasons of all resets of a watch. */
  static List<ResetReason> reasons(WatchHistory watch) {
    return watch.steps().stream()
        .filter(WatchStep.Reset.class::isInstance)
        .map(step -> ((WatchStep.Reset) step).reason())
        .toList();
  }
}
