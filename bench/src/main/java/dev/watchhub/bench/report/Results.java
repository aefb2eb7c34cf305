package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Skipped;
import dev.watchhub.bench.machine.Machine;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a run of one benchmark came to; its JSON file.
 *
 * @param benchmark such as {@code writers}
 * @param startedAt ISO 8601
 * @param settings what was set, by name: rounds, windows, server settings, versions
 * @param notes biases and whatever a reader should know
 */
public record Results(
    String benchmark,
    String startedAt,
    Machine machine,
    Map<String, String> settings,
    List<String> notes,
    Measurements measurements,
    List<Skipped> skipped,
    List<Figure> figures) {
  public Results {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    notes = List.copyOf(notes);
    skipped = List.copyOf(skipped);
    figures = List.copyOf(figures);
  }

  /** On this machine. */
  public static Results here(
      String benchmark,
      Instant startedAt,
      Map<String, String> settings,
      List<String> notes,
      Measurements measurements,
      List<Skipped> skipped,
      List<Figure> figures) {
    return new Results(
        benchmark,
        startedAt.toString(),
        Machine.here(),
        settings,
        notes,
        measurements,
        skipped,
        figures);
  }
}
