package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Case;
import java.util.Locale;

/** So many clients ask for everything at once. */
record SnapshotCase(int keys, int clients) implements Case {
  @Override
  public String label() {
    return String.format(
        Locale.ROOT,
        "snapshot of %,d keys to %s",
        keys,
        clients == 1 ? "one" : clients + " at once");
  }
}
