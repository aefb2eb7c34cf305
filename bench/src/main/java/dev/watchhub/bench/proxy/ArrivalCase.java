package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.Case;

/** So many rows are written a second. */
record ArrivalCase(int perSecond) implements Case {
  @Override
  public String label() {
    return "row committed → first request routed by it, %d changes/s".formatted(perSecond);
  }
}
