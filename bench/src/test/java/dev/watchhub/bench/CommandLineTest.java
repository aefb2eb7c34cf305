package dev.watchhub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CommandLineTest {
  private final StringWriter errors = new StringWriter();

  private int run(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setErr(new PrintWriter(errors, true));
    return commandLine.execute(arguments);
  }

  @Test
  void saysWhichBenchmarksThereAre() {
    assertThat(run("writer")).isEqualTo(2);
    assertThat(errors.toString())
        .startsWith("watchhub bench: there is no 'writer'")
        .contains("latency");
  }

  @Test
  void everyBenchmarkHasHelpThatCanBeShown() {
    CommandLine main = Main.commandLine();

    assertThat(main.getUsageMessage()).startsWith("Usage: watchhub bench ");
    main.getSubcommands()
        .forEach(
            (name, command) ->
                assertThat(command.getUsageMessage())
                    .startsWith("Usage: watchhub bench " + name)
                    .doesNotContain("%%"));
  }

  @Test
  void asksForABenchmark() {
    assertThat(run()).isEqualTo(2);
    assertThat(errors.toString()).startsWith("watchhub bench: no benchmark is given");
  }

  @Test
  void refusesWriterCountsThatCannotBe() {
    assertThat(run("writers", "--writers", "8,0")).isEqualTo(2);
    assertThat(errors.toString())
        .contains("--writers has 0: expected numbers from 1 to 256; see watchhub bench writers");
  }

  @Test
  void refusesAFlushDelayThatTheServerWouldRefuse() {
    assertThat(run("writers", "--flush-delay", "2s")).isEqualTo(2);
    assertThat(errors.toString()).contains("--flush-delay is 2000 ms: expected up to 100 ms");
  }

  @Test
  void refusesALengthWithoutAUnit() {
    assertThat(run("latency", "--window", "10")).isEqualTo(2);
    assertThat(errors.toString()).contains("'10': expected a number with us, ms, s or m");
  }

  @Test
  void refusesToListenWithNobody() {
    assertThat(run("latency", "--listeners", "0")).isEqualTo(2);
    assertThat(errors.toString()).contains("--listeners is 0: expected a number from 1 to 100");
  }

  @Test
  void saysWhenNoMicroBenchmarkHasTheName(@TempDir Path results) {
    assertThat(run("jmh", "--out", results.toString(), "NoSuch", "NorThis")).isEqualTo(1);
    assertThat(errors.toString())
        .contains("watchhub bench: no micro-benchmark has a name with NoSuch or NorThis");
  }

  @Test
  void refusesNoRounds() {
    assertThat(run("all", "--rounds", "0")).isEqualTo(2);
    assertThat(errors.toString()).contains("--rounds is 0: expected a number from 1 on");
  }
}
