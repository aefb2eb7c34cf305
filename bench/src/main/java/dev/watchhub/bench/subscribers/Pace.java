package dev.watchhub.bench.subscribers;

/** How fast a subscriber reads. */
public enum Pace {
  /** All that comes, at once. */
  PROMPT,
  /** 10 KB/s. What it reads is not counted. */
  SLOW,
  /** Nothing after the head of the answer. */
  STALLED
}
