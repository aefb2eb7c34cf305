package dev.watchhub.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.bench.harness.BenchException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {
  private final Arrivals arrivals = new Arrivals(Duration.ZERO);

  @Test
  void isContentWithEverythingOnceInAnyOrder() {
    arrivals.mark(0, 1, 0);
    arrivals.mark(1, 0, 0);
    arrivals.mark(0, 0, 0);

    arrivals.awaitAll(3);
    assertThat(arrivals.seen()).isEqualTo(3);
  }

  @Test
  void failsWhenAnEventIsMissing() {
    arrivals.mark(0, 0, 0);

    assertThatThrownBy(() -> arrivals.awaitAll(2))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("seen 1 of 2 events");
  }

  @Test
  void failsWhenAnEventCameTwice() {
    arrivals.mark(0, 0, 0);
    arrivals.mark(0, 1, 0);
    arrivals.mark(0, 1, 0);

    assertThatThrownBy(() -> arrivals.awaitAll(2))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("1 of them twice");
  }

  @Test
  void failsWhenSomethingCameThatNobodyWrote() {
    arrivals.mark(0, 0, 0);
    arrivals.mark(7, 0, 0);

    assertThatThrownBy(() -> arrivals.awaitAll(1)).isInstanceOf(BenchException.class);
  }

  @Test
  void failsAtOnceWhenTheWatcherDoes() {
    Arrivals patient = new Arrivals();
    patient.fatal("watcher", new IllegalStateException("it was reset"));

    assertThatThrownBy(() -> patient.awaitAll(1))
        .isInstanceOf(BenchException.class)
        .hasMessage("the watcher failed: it was reset");
  }

  @Test
  void countsDelaysFromWhenItWasTold() {
    arrivals.mark(0, 0, System.nanoTime());
    arrivals.forgetDelays();
    arrivals.mark(0, 1, System.nanoTime() - Duration.ofHours(2).toNanos());

    assertThat(arrivals.delays().getTotalCount()).isEqualTo(1);
    assertThat(Histograms.millis(arrivals.delays(), 50)).isGreaterThan(3_500_000);
  }
}
