package dev.watchhub.verify;

import dev.watchhub.verify.Truth.Span;
import java.util.Collection;
import java.util.Optional;

/** Says which promises of a watch were broken, from what was committed and what clients saw. */
public final class WatchGuarantees {
  private WatchGuarantees() {}

  /**
   * Checks each history by itself and against the truth. Changes nothing; any thread.
   *
   * @param truth of all keys that the histories ask for
   */
  public static Report check(Truth truth, Collection<WatchHistory> histories) {
    Findings findings = new Findings();
    Optional<Span> span = truth.span();
    for (WatchHistory history : histories) {
      findings.events(history.steps().size());
      new StreamCheck(history, span, findings).run();
      if (span.isPresent() && history.isOfAStream()) {
        new OrderCheck(history, truth, span.get(), findings).run();
      } else {
        new SetCheck(history, truth, findings).run();
      }
      findings.endHistory();
    }
    return findings.report();
  }
}
