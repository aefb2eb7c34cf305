package dev.watchhub.hub.log;

import dev.watchhub.protocol.ResetReason;

/** What a reader finds at its cursor. */
public sealed interface LogRead {
  /** The commit at the cursor. */
  record Found(LogEntry entry) implements LogRead {}

  /** Nothing newer yet. */
  record CaughtUp() implements LogRead {}

  /** The log does not hold the cursor's commit any more; the reader must start from an image. */
  record Trimmed(ResetReason reason) implements LogRead {}
}
