package dev.watchhub.dataplane.proxy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Requests by route and status, and how long they took. Any thread. */
public final class RequestMetrics {
  /** What is counted under no key of its own: a route beyond the limit. */
  static final String OTHER = "(other)";

  /** What is counted for requests that no route took. */
  static final String NONE = "(none)";

  private static final int MAX_ROUTES = 10_000; // each has some series; who scrapes pays for them
  private static final Duration[] BOUNDS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60)
  };

  private record Series(String route, int status) {}

  private final MeterRegistry registry;
  private final Timer seconds;
  private final ConcurrentHashMap<Series, Counter> counters = new ConcurrentHashMap<>();
  private final Set<String> routes = ConcurrentHashMap.newKeySet();

  /** Registers what it counts. */
  public RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
    seconds =
        Timer.builder("watchhub.proxy.request")
            .description("from the head of a request to the end of its answer")
            .serviceLevelObjectives(BOUNDS)
            .register(registry);
  }

  /**
   * Counts a request that has ended.
   *
   * @param route the key of the route that it took; empty for none
   * @param status of the answer
   */
  void count(String route, int status, long nanos) {
    seconds.record(nanos, TimeUnit.NANOSECONDS);
    Series series = new Series(name(route), status);
    Counter counter = counters.get(series);
    if (counter == null) {
      counter = counters.computeIfAbsent(series, this::register);
    }
    counter.increment();
  }

  private String name(String route) {
    if (route.isEmpty()) {
      return NONE;
    }
    if (!routes.contains(route)) {
      if (routes.size() >= MAX_ROUTES) {
        return OTHER;
      }
      routes.add(route);
    }
    return route;
  }

  private Counter register(Series series) {
    return Counter.builder("watchhub.proxy.requests")
        .description("requests that have ended")
        .tag("route", series.route)
        .tag("status", String.valueOf(series.status))
        .register(registry);
  }

  /** Forgets the figures of routes that are gone. */
  public void retain(Predicate<String> exists) {
    routes.removeIf(route -> !exists.test(route));
    for (Series series : counters.keySet()) {
      if (!series.route.startsWith("(") && !exists.test(series.route)) {
        counters.computeIfPresent(series, this::unregister);
      }
    }
  }

  /** While nobody can register it anew. */
  private @Nullable Counter unregister(Series series, Counter gone) {
    registry.remove(gone);
    return null;
  }
}
