package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.Measurement;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Skipped;
import dev.watchhub.bench.harness.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Results as text for the terminal: a table for each case, what else was going on, the figures. */
public final class ResultText {
  private ResultText() {}

  /** The whole report of one benchmark. */
  public static String of(Results results) {
    StringBuilder text = new StringBuilder();
    Measurements measurements = results.measurements();
    for (String testCase : measurements.cases()) {
      text.append('\n').append(testCase).append(": median (range over the rounds)\n\n");
      text.append(table(measurements, testCase));
    }
    text.append('\n').append(load(results)).append(skipped(results));
    results.notes().forEach(note -> text.append(note).append('\n'));
    if (!results.figures().isEmpty()) {
      text.append('\n').append(figures(results.figures()));
    }
    return text.toString();
  }

  private static String table(Measurements measurements, String testCase) {
    List<String> metrics = measurements.metrics(testCase);
    List<String> heads = new ArrayList<>(List.of("arm"));
    heads.addAll(metrics);
    TextTable table = new TextTable(heads);
    for (String arm : measurements.arms(testCase)) {
      List<String> cells = new ArrayList<>(List.of(arm));
      for (String metric : metrics) {
        Optional<Spread> spread = measurements.spread(testCase, arm, metric);
        cells.add(spread.map(Digits::of).orElse("–"));
      }
      table.row(cells);
    }
    return table.text();
  }

  private static String load(Results results) {
    List<Measurement> all = results.measurements().all();
    List<Double> others =
        all.stream()
            .filter(m -> m.load().otherCpuSeconds() != null)
            .map(m -> Objects.requireNonNull(m.load().otherCpuSeconds()) / m.load().seconds())
            .toList();
    String machine = "%s, %d cores".formatted(results.machine().cpu(), results.machine().cores());
    return Spread.of(others)
        .map(
            s ->
                "Measured on %s. Others used %s cores meanwhile, median (range over the measurements).%n"
                    .formatted(machine, Digits.of(s)))
        .orElse("Measured on %s. What others used is not known.%n".formatted(machine));
  }

  private static String skipped(Results results) {
    Map<String, Set<String>> casesByArm = new LinkedHashMap<>();
    for (Skipped s : results.skipped()) {
      casesByArm
          .computeIfAbsent(s.arm() + ": " + s.reason(), k -> new LinkedHashSet<>())
          .add(s.testCase());
    }
    StringBuilder text = new StringBuilder();
    casesByArm.forEach(
        (arm, cases) ->
            text.append("Not measured: %s (%s)%n".formatted(arm, String.join(", ", cases))));
    return text.toString();
  }

  /** The table of what was to be reached. */
  public static String figures(List<Figure> figures) {
    TextTable table = new TextTable(List.of("figure", "measured", "goal", "verdict"));
    for (Figure figure : figures) {
      Spread measured = figure.measured();
      table.row(
          List.of(
              figure.id() + " " + figure.what(),
              measured == null ? "–" : Digits.of(measured),
              figure.goal().words(),
              figure.verdict().toString()));
    }
    return table.text();
  }
}
