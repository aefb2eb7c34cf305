package dev.watchhub.verify;

import java.util.List;
import java.util.Map;

/**
 * What was checked and what was found.
 *
 * @param checked how often each promise was put to the test
 * @param violations in the order of histories and of their steps
 * @param events steps of all histories
 * @param changes rows in all commits that came
 * @param filledGaps runs of commits without a position, by which a hub fills the gap of a lost slot
 * @param resets how often a stream said that it could not go on
 */
public record Report(
    Map<Promise, Long> checked,
    List<Violation> violations,
    long events,
    long changes,
    long filledGaps,
    long resets) {
  public Report {
    checked = Map.copyOf(checked);
    violations = List.copyOf(violations);
  }

  /** How often {@code promise} was put to the test. */
  public long checked(Promise promise) {
    return checked.getOrDefault(promise, 0L);
  }

  /** The same with other violations. */
  public Report with(List<Violation> others) {
    return new Report(checked, others, events, changes, filledGaps, resets);
  }
}
