package dev.watchhub.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * The y axis: from values to heights, with the values that get a line.
 *
 * @param from value at height 0; above 0 when logarithmic
 * @param to value at height 1
 */
record Scale(boolean logarithmic, double from, double to, List<Double> lines) {
  private static final int MOST_LINES = 6;

  Scale {
    lines = List.copyOf(lines);
  }

  /** Round numbers around what is to be shown. */
  static Scale of(boolean logarithmic, double smallest, double largest) {
    return logarithmic ? powersOfTen(smallest, largest) : fromZero(largest);
  }

  private static Scale fromZero(double largest) {
    double top = largest > 0 ? largest : 1;
    double magnitude = Math.pow(10, Math.floor(Math.log10(top)) - 1);
    double step = magnitude;
    for (int i = 0; step * MOST_LINES < top; i++) {
      step = magnitude * new double[] {1, 2, 5, 10, 20, 50}[i];
    }
    List<Double> lines = new ArrayList<>();
    int count = (int) Math.ceil(top / step);
    for (int i = 0; i <= count; i++) {
      lines.add(i * step);
    }
    return new Scale(false, 0, count * step, lines);
  }

  private static Scale powersOfTen(double smallest, double largest) {
    int low = (int) Math.floor(Math.log10(Math.max(smallest, 1e-9)));
    int high = Math.max(low + 1, (int) Math.ceil(Math.log10(Math.max(largest, 1e-9))));
    List<Double> lines = new ArrayList<>();
    for (int power = low; power <= high; power++) {
      lines.add(Math.pow(10, power));
    }
    return new Scale(true, Math.pow(10, low), Math.pow(10, high), lines);
  }

  /** From 0 at the bottom to 1 at the top. */
  double height(double value) {
    double within = Math.min(Math.max(value, from), to);
    return logarithmic
        ? Math.log(within / from) / Math.log(to / from)
        : (within - from) / (to - from);
  }
}
