package dev.watchhub.verify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Gathers counts and violations. Not thread-safe. */
final class Findings {
  /** A history that is wrong throughout says nothing new after so many. */
  private static final int MAX_PER_HISTORY = 50;

  private final Map<Promise, Long> checked = new EnumMap<>(Promise.class);
  private final List<Violation> violations = new ArrayList<>();
  private final List<Violation> ofHistory = new ArrayList<>();
  private long events;
  private long changes;
  private long filledGaps;
  private long resets;

  void checked(Promise promise, long times) {
    checked.merge(promise, times, Long::sum);
  }

  void checked(Promise promise) {
    checked(promise, 1);
  }

  void broken(Promise promise, WatchHistory history, int step, String expected, String came) {
    if (ofHistory.size() < MAX_PER_HISTORY) {
      ofHistory.add(new Violation(promise, history.request().client(), step, expected, came));
    }
  }

  boolean isFull() {
    return ofHistory.size() >= MAX_PER_HISTORY;
  }

  void events(int count) {
    events += count;
  }

  void changes(int count) {
    changes += count;
  }

  void filledGap() {
    filledGaps++;
  }

  void reset() {
    resets++;
  }

  /** Ends one history; what was found in it stands in the order of its steps. */
  void endHistory() {
    ofHistory.sort(Comparator.comparingInt(Violation::step));
    violations.addAll(ofHistory);
    ofHistory.clear();
  }

  Report report() {
    return new Report(checked, violations, events, changes, filledGaps, resets);
  }
}
