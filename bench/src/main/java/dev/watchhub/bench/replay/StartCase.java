package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Case;
import java.util.Locale;

/** A hub of so many live keys is started. */
record StartCase(int keys) implements Case {
  @Override
  public String label() {
    return String.format(Locale.ROOT, "start with %,d keys", keys);
  }
}
