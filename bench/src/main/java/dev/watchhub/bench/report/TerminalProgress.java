package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.Progress;
import dev.watchhub.bench.harness.Values;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints a line for each measurement. */
public final class TerminalProgress implements Progress {
  private static final int SHOWN = 3; // metrics; the table has them all

  private final PrintStream out;

  public TerminalProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begins(
      int round, String testCase, String arm, int done, int total, Duration sinceStart) {
    String rest = "";
    if (done > 0) {
      long seconds = sinceStart.toSeconds() * (total - done) / done;
      rest = ", about %d:%02d min left".formatted(seconds / 60, seconds % 60);
    }
    out.printf(
        "[%d/%d%s] %s, %s, %s: ",
        done + 1, total, rest, round == 0 ? "practice" : "round " + round, testCase, arm);
    out.flush();
  }

  @Override
  public void measured(Values values) {
    out.println(
        values.byMetric().entrySet().stream()
            .limit(SHOWN)
            .map(TerminalProgress::words)
            .collect(Collectors.joining(", ")));
  }

  private static String words(Map.Entry<String, Double> value) {
    return value.getKey() + " " + Digits.of(value.getValue());
  }
}
