package dev.watchhub.hub.log;

import dev.watchhub.protocol.ResetReason;

/** Where in the log a position lies. */
public sealed interface LogSearch {
  /** Go on at this cursor: the first commit whose end lies after the position. */
  record Resume(long cursor) implements LogSearch {}

  /** The position lies beyond what the log has reached. */
  record Beyond() implements LogSearch {}

  /** The log cannot tell what comes after the position. */
  record Lost(ResetReason reason) implements LogSearch {}
}
