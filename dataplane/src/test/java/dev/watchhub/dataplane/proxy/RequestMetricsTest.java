package dev.watchhub.dataplane.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class RequestMetricsTest {
  private static final String ROUTE = "/routes/a";
  private static final int ROUNDS = 300;
  private static final int TURNS = 200;

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final RequestMetrics metrics = new RequestMetrics(registry);

  private double told() {
    Counter counter = registry.find("watchhub.proxy.requests").tag("route", ROUTE).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void tellsWhatItCountsForARouteThatGoesAndComesAtOneMoment() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Future<?> removing =
            other.submit(
                () -> {
                  for (int i = 0; i < TURNS; i++) {
                    metrics.retain(route -> false);
                  }
                });
        for (int i = 0; i < TURNS; i++) {
          metrics.count(ROUTE, 200, 1);
        }
        removing.get();
        double before = told();
        metrics.count(ROUTE, 200, 1);
        assertThat(told()).isEqualTo(before + 1);
      }
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void forgetsRoutesThatAreGoneAndNothingElse() {
    metrics.count(ROUTE, 200, 1);
    metrics.count("/routes/b", 200, 1);
    metrics.count("", 404, 1);
    metrics.retain("/routes/b"::equals);
    assertThat(registry.find("watchhub.proxy.requests").counters())
        .extracting(counter -> counter.getId().getTag("route"))
        .containsExactlyInAnyOrder("/routes/b", RequestMetrics.NONE);
  }
}
