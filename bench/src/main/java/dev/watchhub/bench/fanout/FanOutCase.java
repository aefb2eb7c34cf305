package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Case;
import java.util.Locale;

/**
 * So many subscribers, and so many events.
 *
 * @param perSecond events; {@link #HIGHEST}: as many as are delivered in time
 */
record FanOutCase(int subscribers, Layout layout, int perSecond) implements Case {
  /** Searches for the highest rate. */
  static final int HIGHEST = 0;

  @Override
  public String label() {
    return String.format(
        Locale.ROOT,
        "%,d subscribers, %s, %s",
        subscribers,
        layout.words(),
        perSecond == HIGHEST ? "the highest rate" : perSecond + " events/s");
  }
}
