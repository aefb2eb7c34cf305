package dev.watchhub.bench.harness;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;

/**
 * All that a run measured, and questions to it.
 *
 * @param all in the order in which they were made
 */
public record Measurements(@JsonValue List<Measurement> all) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Measurements {
    all = List.copyOf(all);
  }

  /** The labels of the cases, in the order in which they came. */
  public List<String> cases() {
    return all.stream().map(Measurement::testCase).distinct().toList();
  }

  /** The names of the arms that were measured under a case, in order. */
  public List<String> arms(String testCase) {
    return all.stream()
        .filter(m -> m.testCase().equals(testCase))
        .map(Measurement::arm)
        .distinct()
        .toList();
  }

  /** The names of the metrics under a case, in order. */
  public List<String> metrics(String testCase) {
    return all.stream()
        .filter(m -> m.testCase().equals(testCase))
        .flatMap(m -> m.values().byMetric().keySet().stream())
        .distinct()
        .toList();
  }

  /** A metric over the rounds; empty when it was not measured. */
  public Optional<Spread> spread(String testCase, String arm, String metric) {
    return Spread.of(byRound(testCase, arm, metric).values());
  }

  /**
   * {@code arm ÷ other}, formed within each round; rounds that lack one of them do not count.
   * Nothing is divided by zero.
   */
  public Optional<Spread> ratio(String testCase, String metric, String arm, String other) {
    return perRound(testCase, metric, arm, other, (a, b) -> a / b);
  }

  /** {@code arm − other}, formed within each round. */
  public Optional<Spread> difference(String testCase, String metric, String arm, String other) {
    return perRound(testCase, metric, arm, other, (a, b) -> a - b);
  }

  private Optional<Spread> perRound(
      String testCase, String metric, String arm, String other, DoubleBinaryOperator operator) {
    Map<Integer, Double> others = byRound(testCase, other, metric);
    List<Double> results = new ArrayList<>();
    byRound(testCase, arm, metric)
        .forEach(
            (round, value) -> {
              Double base = others.get(round);
              if (base != null) {
                double result = operator.applyAsDouble(value, base);
                if (Double.isFinite(result)) {
                  results.add(result);
                }
              }
            });
    return Spread.of(results);
  }

  private Map<Integer, Double> byRound(String testCase, String arm, String metric) {
    Map<Integer, Double> values = new TreeMap<>();
    for (Measurement m : all) {
      OptionalDouble value = m.values().get(metric);
      if (m.testCase().equals(testCase) && m.arm().equals(arm) && value.isPresent()) {
        values.put(m.round(), value.getAsDouble());
      }
    }
    return values;
  }

  /** These and those of another run. */
  public Measurements and(Collection<Measurement> others) {
    List<Measurement> both = new ArrayList<>(all);
    both.addAll(others);
    return new Measurements(both);
  }
}
