package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Draws a chart as SVG: medians, and the range of the rounds as a thin line. Used once, by one
 * thread.
 */
public final class SvgChart {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 420;
  private static final int LEFT = 80;
  private static final int RIGHT = 640; // the legend stands beyond
  private static final int TOP = 50;
  private static final int BOTTOM = 360;
  private static final int LEGEND_LINE = 22;

  /** Okabe and Ito's colours, which people with colour blindness can tell apart. */
  private static final List<String> COLOURS =
      List.of(
          "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999");

  private final ChartData data;
  private final Scale scale;
  private final StringBuilder svg = new StringBuilder();

  private SvgChart(ChartData data) {
    this.data = data;
    Spread extent = data.extent().orElse(new Spread(1, 1, 1, 1));
    this.scale = Scale.of(data.logarithmic(), extent.low(), extent.high());
  }

  /** A line for each arm, over the cases. */
  public static Chart lines(String fileName, ChartData data) {
    SvgChart chart = new SvgChart(data);
    chart.frame();
    for (int i = 0; i < data.series().size(); i++) {
      chart.line(data.series().get(i), colour(i));
    }
    return new Chart(fileName, chart.end());
  }

  /** A group of bars for each case, one of each arm. */
  public static Chart bars(String fileName, ChartData data) {
    SvgChart chart = new SvgChart(data);
    chart.frame();
    for (int i = 0; i < data.series().size(); i++) {
      chart.barsOf(data.series().get(i), i);
    }
    return new Chart(fileName, chart.end());
  }

  private static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  private void frame() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %1$d %2$d\" font-family=\"sans-serif\" font-size=\"13\">",
        WIDTH, HEIGHT);
    add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, HEIGHT);
    text(LEFT, 28, "start", data.title(), " font-size=\"16\" font-weight=\"bold\"");
    for (double value : scale.lines()) {
      double y = y(value);
      add(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%2$.1f\" stroke=\"#dddddd\"/>",
          LEFT, y, RIGHT);
      text(LEFT - 8, y + 4, "end", Digits.round(value), "");
    }
    for (int i = 0; i < data.ticks().size(); i++) {
      text(x(i), BOTTOM + 20, "middle", data.ticks().get(i), "");
    }
    text((LEFT + RIGHT) / 2.0, BOTTOM + 44, "middle", data.xAxis(), "");
    double middle = (TOP + BOTTOM) / 2.0;
    String turned = String.format(Locale.ROOT, " transform=\"rotate(-90 20 %.1f)\"", middle);
    text(20, middle, "middle", data.yAxis(), turned);
    for (int i = 0; i < data.series().size(); i++) {
      int y = TOP + 10 + i * LEGEND_LINE;
      add(
          "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"6\" fill=\"%s\"/>",
          RIGHT + 20, y, colour(i));
      text(RIGHT + 42, y + 8, "start", data.series().get(i).name(), "");
    }
  }

  private void line(ChartData.Series series, String colour) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < series.spreads().size(); i++) {
      Optional<Spread> spread = series.spreads().get(i);
      if (spread.isPresent()) {
        double x = x(i);
        double y = y(spread.get().median());
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        range(x, spread.get(), colour);
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>", x, y, colour);
      }
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
        points.toString().strip(), colour);
  }

  private void barsOf(ChartData.Series series, int number) {
    double group = (RIGHT - LEFT) / (double) data.ticks().size() * 0.8;
    double width = group / data.series().size();
    for (int i = 0; i < series.spreads().size(); i++) {
      Optional<Spread> spread = series.spreads().get(i);
      if (spread.isPresent()) {
        double x = x(i) - group / 2 + number * width;
        double y = y(spread.get().median());
        add(
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
            x, y, width * 0.9, BOTTOM - y, colour(number));
        range(x + width * 0.45, spread.get(), "#333333");
      }
    }
  }

  private void range(double x, Spread spread, String colour) {
    add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%1$.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
        x, y(spread.low()), y(spread.high()), colour);
  }

  private double x(int tick) {
    return LEFT + (RIGHT - LEFT) * (tick + 0.5) / data.ticks().size();
  }

  private double y(double value) {
    return BOTTOM - (BOTTOM - TOP) * scale.height(value);
  }

  private void text(double x, double y, String anchor, String text, String attributes) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>",
        x, y, anchor, attributes, escaped);
  }

  private void add(String form, Object... arguments) {
    svg.append(String.format(Locale.ROOT, form, arguments)).append('\n');
  }

  private String end() {
    return svg.append("</svg>\n").toString();
  }
}
