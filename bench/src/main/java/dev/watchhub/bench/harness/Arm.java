package dev.watchhub.bench.harness;

import java.util.Optional;

/**
 * One way to do the work, measured beside others.
 *
 * @param <C> the loads under which it is measured
 */
public interface Arm<C extends Case> {
  /** How tables, charts and figures call it; unique in a run. */
  String name();

  /**
   * Why this arm cannot be measured, such as a peer that is not installed; empty when it can. Asked
   * once for each case, before the first round.
   */
  default Optional<String> missing(C testCase) {
    return Optional.empty();
  }

  /**
   * Sets up what one measurement needs beyond the servers, which outlast it.
   *
   * @throws BenchException when it does not start; nothing is left running
   */
  RunningArm start(C testCase);
}
