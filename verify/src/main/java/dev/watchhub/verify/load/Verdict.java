package dev.watchhub.verify.load;

import dev.watchhub.verify.Report;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.WatchHistory;
import java.util.List;

/**
 * What came of a {@link Verification}.
 *
 * @param load what was written
 * @param truth what was committed
 * @param histories what the clients saw
 * @param report what was checked and found
 * @param notes what makes the check weaker than it should be, a line each
 */
public record Verdict(
    Load load, Truth truth, List<WatchHistory> histories, Report report, List<String> notes) {
  public Verdict {
    histories = List.copyOf(histories);
    notes = List.copyOf(notes);
  }
}
