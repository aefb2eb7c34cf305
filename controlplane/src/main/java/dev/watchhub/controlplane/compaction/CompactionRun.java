package dev.watchhub.controlplane.compaction;

import dev.watchhub.controlplane.store.CompactionHold;
import dev.watchhub.controlplane.store.CompactionRule;
import dev.watchhub.controlplane.store.CompactionSession;
import dev.watchhub.controlplane.store.CompactionStep;
import java.time.Duration;

/**
 * One pass over the table, in steps so short that writers hardly notice.
 *
 * <p>Threading: one thread.
 */
final class CompactionRun {
  private static final int MIN_ROWS = 100;
  private static final int MAX_ROWS = 10_000;

  /** What a step should take: longer ones are made shorter. */
  private static final Duration STEP_GOAL = Duration.ofMillis(25);

  /** How much longer than a step the database is left alone after it. */
  private static final int PAUSE_FACTOR = 2;

  private final CompactionSession session;
  private final CompactionRule rule;
  private final CompactionHold hold;
  private final boolean dryRun;
  private CompactionStep last = CompactionStep.START;
  private int rows = 500;
  private long tookNanos;
  private long removed;
  private long held;

  CompactionRun(
      CompactionSession session, CompactionRule rule, CompactionHold hold, boolean dryRun) {
    this.session = session;
    this.rule = rule;
    this.hold = hold;
    this.dryRun = dryRun;
  }

  /** Does the next step; false when it was the last. */
  boolean step() {
    long start = System.nanoTime();
    last = session.step(rule, hold, last, rows, dryRun);
    tookNanos = System.nanoTime() - start;
    removed += last.removed();
    held += last.held();
    if (tookNanos > STEP_GOAL.toNanos()) {
      rows = Math.max(MIN_ROWS, rows / 2);
    } else if (tookNanos < STEP_GOAL.toNanos() / 2) {
      rows = Math.min(MAX_ROWS, rows * 2);
    }
    return !last.done();
  }

  /** How long to leave the database alone after the last step. */
  Duration pause() {
    return Duration.ofNanos(last.done() ? 0 : tookNanos * PAUSE_FACTOR);
  }

  /** Rows that have gone so far, or would have. */
  long removed() {
    return removed;
  }

  /** Tombstones that stay because somebody has not seen them. */
  long held() {
    return held;
  }
}
