package dev.watchhub.bench.proxy;

import static dev.watchhub.bench.proxy.ProxyBenchmark.CHANGING;
import static dev.watchhub.bench.proxy.ProxyBenchmark.NGINX;
import static dev.watchhub.bench.proxy.ProxyBenchmark.PLANE;

import dev.watchhub.bench.harness.Measurement;
import dev.watchhub.bench.harness.Measurements;
import dev.watchhub.bench.harness.Spread;
import dev.watchhub.bench.report.Figure;
import dev.watchhub.bench.report.Goal;
import java.util.List;
import java.util.Optional;

/** P1 to P4. */
final class ProxyFigures {
  private ProxyFigures() {}

  static List<Figure> of(Measurements measured, RequestsCase requests, ArrivalCase arrival) {
    String testCase = requests.label();
    return List.of(
        Figure.of(
            "P1",
            "requests/s, %s: data plane ÷ nginx".formatted(testCase),
            Goal.atLeast(0.4, ""),
            measured.ratio(testCase, RequestsArm.PER_SECOND, PLANE, NGINX)),
        Figure.of(
            "P2",
            "the same: with 1,000 route changes/s ÷ without",
            Goal.atLeast(0.9, ""),
            measured.ratio(testCase, RequestsArm.PER_SECOND, CHANGING, PLANE)),
        Figure.of(
            "P3",
            "requests through the data plane that failed, in all rounds",
            Goal.atMost(0, ""),
            failed(measured)),
        Figure.of(
            "P4",
            arrival.label() + ": p99",
            Goal.under(20, "ms"),
            measured.spread(arrival.label(), ProxyBenchmark.HUB_PLANE, ArrivalArm.P99)));
  }

  private static Optional<Spread> failed(Measurements measured) {
    List<Measurement> counted =
        measured.all().stream()
            .filter(m -> !m.arm().equals(NGINX))
            .filter(m -> m.values().get(RequestsArm.FAILED).isPresent())
            .toList();
    double sum =
        counted.stream().mapToDouble(m -> m.values().get(RequestsArm.FAILED).orElse(0)).sum();
    return counted.isEmpty() ? Optional.empty() : Spread.of(List.of(sum));
  }
}
