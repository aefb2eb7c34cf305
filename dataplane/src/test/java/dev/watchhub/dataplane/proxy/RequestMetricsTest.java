package dev.watchhub.dataplane.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RequestMetricsTest {
  private static final String ROUTE = "/routes/a";

  private Runnable whileRemoving = () -> {};
  private final MeterRegistry registry =
      new SimpleMeterRegistry() {
        @Override
        public @Nullable Meter remove(Meter meter) {
          whileRemoving.run();
          return super.remove(meter);
        }
      };
  private final RequestMetrics metrics = new RequestMetrics(registry);

  private double told() {
    Counter counter = registry.find("watchhub.proxy.requests").tag("route", ROUTE).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void tellsWhatItCountsForARouteThatGoesAndComesAtOneMoment() throws InterruptedException {
    metrics.count(ROUTE, 200, 1);
    Thread comes = new Thread(() -> metrics.count(ROUTE, 200, 1));
    whileRemoving =
        () -> {
          comes.start();
          while (comes.isAlive() && comes.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
          }
        };
    metrics.retain(route -> false);
    comes.join();
    double before = told();
    metrics.count(ROUTE, 200, 1);
    assertThat(told()).isEqualTo(before + 1);
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
