package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import java.time.Duration;
import java.util.function.IntFunction;

/**
 * One who is behind.
 *
 * @param name how tables call it
 * @param catchUp catches up with so many commits, and returns what that came to
 */
record CatchUpArm(String name, IntFunction<Values> catchUp) implements Arm<CatchUpCase> {
  static final String CHANGES = "changes/s";

  @Override
  public RunningArm start(CatchUpCase testCase) {
    return new RunningArm() {
      @Override
      public Values measure(Duration window) {
        return catchUp.apply(testCase.commits());
      }

      @Override
      public void close() {}
    };
  }
}
