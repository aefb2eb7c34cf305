package dev.watchhub.bench.report;

/**
 * What a figure was to reach.
 *
 * @param bound in {@code unit}
 * @param unit such as {@code ms}, empty for a ratio
 */
public record Goal(Side side, double bound, String unit) {
  /** Which side of the bound is the good one. */
  public enum Side {
    AT_LEAST("at least"),
    AT_MOST("at most"),
    UNDER("under");

    private final String words;

    Side(String words) {
      this.words = words;
    }
  }

  public static Goal atLeast(double bound, String unit) {
    return new Goal(Side.AT_LEAST, bound, unit);
  }

  public static Goal atMost(double bound, String unit) {
    return new Goal(Side.AT_MOST, bound, unit);
  }

  public static Goal under(double bound, String unit) {
    return new Goal(Side.UNDER, bound, unit);
  }

  boolean reachedBy(double value) {
    return switch (side) {
      case AT_LEAST -> value >= bound;
      case AT_MOST -> value <= bound;
      case UNDER -> value < bound;
    };
  }

  String words() {
    return side.words + " " + Digits.of(bound) + (unit.isEmpty() ? "" : " " + unit);
  }
}
