package dev.watchhub.bench.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Progress;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.Spread;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.machine.LoadMeter;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Results;
import dev.watchhub.bench.report.ResultsJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The whole of it, with real servers; what comes out is not judged. */
final class AdminBenchmarkTest {
  private static final int REVISIONS = 500;

  @Test
  void measuresPutsBothWaysAndEachReadOfTheLongPast() {
    Path jar = Path.of("../cli/target/watchhub.jar").toAbsolutePath().normalize();
    assertThat(jar).as("built by the module cli").exists();
    Duration window = Duration.ofMillis(100);
    RunSettings settings =
        new RunSettings(
            true,
            1,
            window,
            jar,
            Path.of("target/test-data").toAbsolutePath(),
            new LoadMeter(),
            new Silence());

    Results results = AdminBenchmark.small(REVISIONS, window).run(settings).results();

    Measurements measured = results.measurements();
    String puts = AdminBenchmark.PUTS.label();
    assertThat(measured.arms(puts)).containsExactly(AdminBenchmark.API, AdminBenchmark.SQL);
    assertPositive(measured.spread(puts, AdminBenchmark.API, PutsArm.PUTS));
    assertPositive(measured.spread(puts, AdminBenchmark.SQL, PutsArm.PUTS));
    for (ReadCase one : ReadCase.values()) {
      assertPositive(measured.spread(one.label(), AdminBenchmark.API, ReadArm.P50));
    }
    assertThat(results.figures())
        .hasSize(7)
        .allSatisfy(figure -> assertThat(figure.measured()).isNotNull());
    assertThat(results.figures())
        .extracting(Figure::what)
        .contains("a long past: as of any revision, 500 revisions: p99");
    assertThat(results.settings()).containsEntry("fsync", "on").containsKey("window of reads");
    assertThat(ResultsJson.read(ResultsJson.write(results))).isEqualTo(results);
  }

  private static void assertPositive(Optional<Spread> spread) {
    assertThat(spread).hasValueSatisfying(s -> assertThat(s.low()).isPositive());
  }

  @Test
  void drawsRevisionsFromOneEndOfThePastToTheOther() {
    LongPast past = new LongPast(11, 110);

    assertThat(past.at(0)).isEqualTo(11);
    assertThat(past.at(1)).isEqualTo(110);
    assertThat(ReadCase.AS_OF.path(past, 1)).isEqualTo("/kv/past/long?rev=110");
    assertThat(ReadCase.HISTORY_ANYWHERE.path(past, 0))
        .as("some revision lies before it")
        .isEqualTo("/history/past/long?limit=50&before=12");
  }

  private static final class Silence implements Progress {
    @Override
    public void begins(
        int round, String testCase, String arm, int done, int total, Duration sinceStart) {}

    @Override
    public void measured(Values values) {}
  }
}
