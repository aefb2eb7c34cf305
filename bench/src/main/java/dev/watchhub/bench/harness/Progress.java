package dev.watchhub.bench.harness;

import java.time.Duration;

/** Told how a run gets on. Called by the thread that measures. */
public interface Progress {
  /**
   * A measurement begins.
   *
   * @param round 0 for practice
   * @param done how many were made before, practice included
   * @param total how many there will be
   * @param sinceStart how long the run has taken so far
   */
  void begins(int round, String testCase, String arm, int done, int total, Duration sinceStart);

  /** It came to this. */
  void measured(Values values);
}
