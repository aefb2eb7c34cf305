package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Case;
import java.util.Locale;

/** So many commits are to be caught up with. */
record CatchUpCase(int commits) implements Case {
  @Override
  public String label() {
    return String.format(Locale.ROOT, "%,d commits behind", commits);
  }
}
