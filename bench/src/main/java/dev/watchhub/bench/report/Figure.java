package dev.watchhub.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.watchhub.bench.harness.Spread;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of the figures that the project set out to reach, and what was measured.
 *
 * @param id such as {@code W1}; figures with several parts repeat it
 * @param what in words, with how it is formed
 * @param measured its median and range over the rounds; null when it was not measured
 */
@JsonIgnoreProperties(value = "verdict", allowGetters = true)
public record Figure(String id, String what, Goal goal, @Nullable Spread measured) {
  /** A figure out of what the harness computed, which is empty when something was missing. */
  public static Figure of(String id, String what, Goal goal, Optional<Spread> measured) {
    return new Figure(id, what, goal, measured.orElse(null));
  }

  /** By the median. */
  @JsonProperty
  public Verdict verdict() {
    if (measured == null) {
      return Verdict.NOT_MEASURED;
    }
    return goal.reachedBy(measured.median()) ? Verdict.REACHED : Verdict.SHORT;
  }
}
