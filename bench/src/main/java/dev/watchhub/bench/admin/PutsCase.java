package dev.watchhub.bench.admin;

import dev.watchhub.bench.harness.Case;

/** So many connections, each of which writes again when its put is durable. */
record PutsCase(int connections) implements Case {
  @Override
  public String label() {
    return "puts over %d connections".formatted(connections);
  }
}
