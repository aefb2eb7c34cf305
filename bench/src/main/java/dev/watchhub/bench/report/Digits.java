package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.Spread;
import java.util.Locale;

/** Numbers as people read them: about three digits that mean something. */
final class Digits {
  private Digits() {}

  static String of(double value) {
    double size = Math.abs(value);
    String form = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, form, value);
  }

  /** The same without zeros at the end, for round numbers. */
  static String round(double value) {
    String digits = of(value);
    return digits.contains(".") ? digits.replaceAll("\\.?0+$", "") : digits;
  }

  /** The median, with the range where there was more than one round. */
  static String of(Spread spread) {
    return spread.rounds() == 1
        ? of(spread.median())
        : "%s (%s–%s)".formatted(of(spread.median()), of(spread.low()), of(spread.high()));
  }
}
