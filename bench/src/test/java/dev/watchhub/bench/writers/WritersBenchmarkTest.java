package dev.watchhub.bench.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Progress;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.machine.LoadMeter;
import dev.watchhub.bench.report.Chart;
import dev.watchhub.bench.report.Report;
import dev.watchhub.bench.report.ResultsJson;
import dev.watchhub.bench.stores.Bed;
import dev.watchhub.bench.stores.Peers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole of it, with real servers; what comes out is not judged. */
final class WritersBenchmarkTest {
  private static final List<String> ALWAYS =
      List.of(Bed.NOBODY, Bed.TRIGGER, Bed.RELAY, Bed.HUB, Bed.HUB_1000, Bed.BARE);

  @Test
  void measuresEveryArmAndFindsThatEveryWatcherSawEverything() {
    Path jar = Path.of("../cli/target/watchhub.jar").toAbsolutePath().normalize();
    assertThat(jar).as("built by the module cli").exists();
    RunSettings settings =
        new RunSettings(
            true,
            1,
            Duration.ofMillis(100),
            jar,
            Path.of("target/test-data").toAbsolutePath(),
            new LoadMeter(),
            new Silence());

    Report report =
        new WritersBenchmark(Peers.usual(), List.of(2), Duration.ZERO, List.of()).run(settings);

    Measurements measured = report.results().measurements();
    assertThat(measured.arms("2 writers")).containsAll(ALWAYS);
    assertThat(ALWAYS)
        .allSatisfy(
            arm ->
                assertThat(measured.spread("2 writers", arm, WritersArm.PUTS))
                    .hasValueSatisfying(spread -> assertThat(spread.low()).isPositive()));
    boolean hasEtcd = measured.arms("2 writers").contains(Bed.ETCD);
    assertThat(report.results().skipped()).hasSize(hasEtcd ? 0 : 2);
    assertThat(report.results().settings()).containsEntry("fsync", "on").containsKey("rounds");
    assertThat(report.charts())
        .extracting(Chart::fileName)
        .containsExactly("writers-puts.svg", "writers-commit-p99.svg");
    assertThat(ResultsJson.read(ResultsJson.write(report.results()))).isEqualTo(report.results());
  }

  private static final class Silence implements Progress {
    @Override
    public void begins(
        int round, String testCase, String arm, int done, int total, Duration sinceStart) {}

    @Override
    public void measured(Values values) {}
  }
}
