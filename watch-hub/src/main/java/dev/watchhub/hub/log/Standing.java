package dev.watchhub.hub.log;

/** How a log stands to a position. */
public enum Standing {
  /** It has every commit up to there. */
  REACHED,

  /** It may still come there. */
  AHEAD,

  /** The position is of another database cluster. */
  CLUSTER,

  /** The position lies on a timeline behind the place where that was left. */
  TIMELINE
}
