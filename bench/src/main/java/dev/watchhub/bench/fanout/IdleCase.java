package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Case;
import java.util.Locale;

/** So many subscribers to whom nothing happens. */
record IdleCase(int subscribers) implements Case {
  @Override
  public String label() {
    return String.format(Locale.ROOT, "%,d idle subscribers", subscribers);
  }
}
