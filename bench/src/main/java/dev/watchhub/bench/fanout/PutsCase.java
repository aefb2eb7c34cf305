package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Case;

/** So many writers, each as fast as it goes. */
record PutsCase(int writers) implements Case {
  @Override
  public String label() {
    return "puts by %d writers, hub".formatted(writers);
  }
}
