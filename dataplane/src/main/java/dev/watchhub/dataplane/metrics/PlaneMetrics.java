package dev.watchhub.dataplane.metrics;

import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.client.WatchMode;
import dev.watchhub.client.WatchStatus;
import dev.watchhub.dataplane.proxy.NodeHealth;
import dev.watchhub.dataplane.proxy.ProxyCounts;
import dev.watchhub.dataplane.proxy.RequestMetrics;
import dev.watchhub.dataplane.routes.RouteFollower;
import dev.watchhub.dataplane.routes.UpstreamRef;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** A data plane in figures, for Prometheus. Any thread. */
public final class PlaneMetrics {
  private static final Duration[] DELAYS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RequestMetrics requests = new RequestMetrics(registry);
  private final Timer applyDelay =
      Timer.builder("watchhub.apply.delay")
          .description("from the writing of a row, by the database's clock, to its use")
          .serviceLevelObjectives(DELAYS)
          .register(registry);

  /** Figures of requests. */
  public RequestMetrics requests() {
    return requests;
  }

  /**
   * A change was applied so long after its row was written; counted as 0 where that is negative.
   */
  public void delayed(long millis) {
    applyDelay.record(Math.max(millis, 0), TimeUnit.MILLISECONDS);
  }

  /** Adds what is read when somebody asks for it. */
  public void watch(
      RouteFollower follower,
      SwitchableWatcher watcher,
      NodeHealth health,
      ProxyCounts counts,
      InstantSource clock) {
    gauge(
        "configuration.age.seconds",
        "since the routes were last known to be those of the database",
        follower,
        f -> ageSeconds(f, clock));
    gauge("synced", "1 once there was a snapshot in this run", follower, PlaneMetrics::synced);
    gauge("routes", "routes that are served", follower, f -> f.image().table().routes().size());
    gauge("routes.refused", "values that are no routes", follower, f -> refused(f, false));
    gauge(
        "routes.shadowed",
        "routes that lose what they claim to another",
        follower,
        f -> f.image().table().shadowed().size());
    gauge("upstreams", "upstreams", follower, f -> f.image().upstreams().upstreams().size());
    gauge("upstreams.refused", "values that are no upstreams", follower, f -> refused(f, true));
    gauge("watch.following", "1 while the watch is followed", follower, PlaneMetrics::following);
    for (WatchMode mode : WatchMode.values()) {
      Gauge.builder("watchhub.watch.mode", watcher, w -> w.mode().mode() == mode ? 1 : 0)
          .description("1 for the mode that is followed")
          .tag("mode", mode.word())
          .register(registry);
    }
    gauge("upstream.nodes.aside", "nodes set aside", health, h -> h.setAside().size());
    counter("upstream.failures", "requests whose upstream failed", counts, ProxyCounts::failed);
    counter("upstream.retries", "requests sent to another node", counts, ProxyCounts::retried);
  }

  private static double ageSeconds(RouteFollower follower, InstantSource clock) {
    Instant currentAt = follower.image().currentAt();
    return currentAt == null
        ? Double.NaN
        : Duration.between(currentAt, clock.instant()).toMillis() / 1000.0;
  }

  private static double refused(RouteFollower follower, boolean upstreams) {
    return follower.image().refused().stream()
        .filter(refused -> UpstreamRef.isUpstream(refused.key()) == upstreams)
        .count();
  }

  private static double synced(RouteFollower follower) {
    return follower.image().isSynced() ? 1 : 0;
  }

  private static double following(RouteFollower follower) {
    return follower.status().state() == WatchStatus.State.FOLLOWING ? 1 : 0;
  }

  private <T> void gauge(String name, String what, T source, ToDoubleFunction<T> value) {
    Gauge.builder("watchhub." + name, source, value).description(what).register(registry);
  }

  private <T> void counter(String name, String what, T source, ToDoubleFunction<T> value) {
    FunctionCounter.builder("watchhub." + name, source, value).description(what).register(registry);
  }

  /** All of it, in the text format of Prometheus; without routes that are gone. */
  public String text(RouteFollower follower) {
    var table = follower.image().table();
    requests.retain(key -> table.route(key).isPresent());
    return registry.scrape();
  }
}
