package dev.watchhub.bench.report;

import dev.watchhub.bench.harness.BenchException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Results with their charts. */
public record Report(Results results, List<Chart> charts) {
  public Report {
    charts = List.copyOf(charts);
  }

  /**
   * Writes JSON and charts into a directory, which is made when missing, and the text to the
   * terminal.
   *
   * @throws BenchException when a file cannot be written; the text has been printed then
   */
  public void publish(Path directory, PrintStream terminal) {
    terminal.println(ResultText.of(results));
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve(results.benchmark() + ".json"), ResultsJson.write(results));
      for (Chart chart : charts) {
        Files.writeString(directory.resolve(chart.fileName()), chart.svg());
      }
      terminal.println("JSON and charts are in " + directory);
    } catch (IOException e) {
      throw new BenchException("cannot write the results to " + directory + ": " + e, e);
    }
  }
}
