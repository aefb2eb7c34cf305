package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.Case;

/** So many connections, each of which asks again when it has its answer. */
record RequestsCase(int connections) implements Case {
  @Override
  public String label() {
    return "%d connections, answers of 1 KB".formatted(connections);
  }
}
