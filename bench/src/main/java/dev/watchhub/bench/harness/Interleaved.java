package dev.watchhub.bench.harness;

import dev.watchhub.bench.machine.LoadMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures arms side by side: under each case A B C, and that again in each round, so that whatever
 * else the machine does falls on all of them.
 *
 * @param <C> the kind of case
 */
public final class Interleaved<C extends Case> {
  private final List<Arm<C>> arms;
  private final List<C> cases;
  private final Pace pace;
  private final LoadMeter meter;
  private final Progress progress;

  /**
   * @param meter knows which processes are the benchmark's own
   */
  public Interleaved(
      List<? extends Arm<C>> arms,
      List<? extends C> cases,
      Pace pace,
      LoadMeter meter,
      Progress progress) {
    this.arms = List.copyOf(arms);
    this.cases = List.copyOf(cases);
    this.pace = pace;
    this.meter = meter;
    this.progress = progress;
  }

  /** What was measured and what was not. */
  public record Outcome(Measurements measurements, List<Skipped> skipped) {
    public Outcome {
      skipped = List.copyOf(skipped);
    }
  }

  /**
   * Makes all rounds.
   *
   * @param beforeRound called before each round, practice included, such as to tidy up; its time is
   *     in no measurement
   * @throws BenchException with arm, case and round in its message when a measurement fails
   */
  public Outcome run(Runnable beforeRound) {
    long start = System.nanoTime();
    List<Skipped> skipped = new ArrayList<>();
    Map<C, List<Arm<C>>> measurable = measurable(skipped);
    int perRound = measurable.values().stream().mapToInt(List::size).sum();
    int total = perRound * (pace.rounds() + (pace.practises() ? 1 : 0));
    int done = 0;
    List<Measurement> measurements = new ArrayList<>();
    for (int round = pace.practises() ? 0 : 1; round <= pace.rounds(); round++) {
      beforeRound.run();
      for (Map.Entry<C, List<Arm<C>>> entry : measurable.entrySet()) {
        for (Arm<C> arm : entry.getValue()) {
          String label = entry.getKey().label();
          Duration sinceStart = Duration.ofNanos(System.nanoTime() - start);
          progress.begins(round, label, arm.name(), done, total, sinceStart);
          Measurement measurement = measure(arm, entry.getKey(), round);
          progress.measured(measurement.values());
          if (round > 0) {
            measurements.add(measurement);
          }
          done++;
        }
      }
    }
    return new Outcome(new Measurements(measurements), skipped);
  }

  private Map<C, List<Arm<C>>> measurable(List<Skipped> skipped) {
    Map<C, List<Arm<C>>> measurable = new LinkedHashMap<>();
    for (C testCase : cases) {
      List<Arm<C>> present = new ArrayList<>();
      for (Arm<C> arm : arms) {
        Optional<String> missing = arm.missing(testCase);
        if (missing.isPresent()) {
          skipped.add(new Skipped(testCase.label(), arm.name(), missing.get()));
        } else {
          present.add(arm);
        }
      }
      measurable.put(testCase, present);
    }
    return measurable;
  }

  private Measurement measure(Arm<C> arm, C testCase, int round) {
    try (RunningArm running = arm.start(testCase)) {
      if (round > 0 && !pace.warmUp().isZero()) {
        running.measure(pace.warmUp());
      }
      LoadMeter.Reading before = meter.read();
      Values values = running.measure(round > 0 ? pace.window() : pace.practice());
      return new Measurement(testCase.label(), arm.name(), round, values, meter.since(before));
    } catch (BenchException e) {
      throw new BenchException(
          "%s, %s, %s: %s"
              .formatted(
                  arm.name(),
                  testCase.label(),
                  round == 0 ? "practice" : "round " + round,
                  e.getMessage()),
          e);
    }
  }
}
