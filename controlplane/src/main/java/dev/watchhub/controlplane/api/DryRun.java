package dev.watchhub.controlplane.api;

import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;

/** Whether a write is to say what it would do, and do nothing. */
final class DryRun {
  static final String PARAMETER = "dryRun";

  private DryRun() {}

  /**
   * Reads it.
   *
   * @throws ProblemException 400 if it is neither {@code true} nor left out, or nodes are to be
   *     waited for as well
   */
  static boolean of(QueryParameters query) {
    boolean dryRun = query.flag(PARAMETER);
    if (dryRun && query.text(ArrivalWait.PARAMETER).isPresent()) {
      throw query.bad(ArrivalWait.PARAMETER, "no wait for what is not written");
    }
    return dryRun;
  }
}
