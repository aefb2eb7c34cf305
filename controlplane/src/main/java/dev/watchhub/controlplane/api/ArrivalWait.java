package dev.watchhub.controlplane.api;

import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a write waits for before it is answered: {@code wait=applied:all,5s}, {@code
 * wait=applied:2,500ms}, or nothing.
 *
 * @param nodes how many nodes are to have applied it; 0 for all
 * @param limit longest wait, up to a minute; zero for none
 */
record ArrivalWait(int nodes, Duration limit) {
  /** The query parameter that says it. */
  static final String PARAMETER = "wait";

  /** A write is answered at once. */
  static final ArrivalWait NONE = new ArrivalWait(0, Duration.ZERO);

  private static final long DEFAULT_MILLIS = 5_000;
  private static final long MAX_MILLIS = 60_000;
  private static final Pattern FORM =
      Pattern.compile("applied:(all|[1-9][0-9]{0,4})(?:,([0-9]{1,5})(s|ms))?");

  /**
   * Reads it from a write's query.
   *
   * @throws ProblemException 400 if it has another form
   */
  static ArrivalWait of(QueryParameters query) {
    Optional<String> text = query.text(PARAMETER);
    if (text.isEmpty()) {
      return NONE;
    }
    Matcher form = FORM.matcher(text.get());
    if (form.matches()) {
      int nodes = form.group(1).equals("all") ? 0 : Integer.parseInt(form.group(1));
      long millis =
          form.group(2) == null
              ? DEFAULT_MILLIS
              : Long.parseLong(form.group(2)) * (form.group(3).equals("s") ? 1000 : 1);
      if (millis >= 1 && millis <= MAX_MILLIS) {
        return new ArrivalWait(nodes, Duration.ofMillis(millis));
      }
    }
    throw query.bad(
        PARAMETER,
        "applied:all or applied:NUMBER, and a time of 1ms to 60s such as applied:all,5s");
  }
}
