package dev.watchhub.verify;

import java.util.Locale;

/** One thing that a watch promises. */
public enum Promise {
  /** Commits come in commit order, the rows of a commit and of a key in the order of revisions. */
  ORDERED,
  /** Nothing comes twice on a stream. */
  UNIQUE,
  /** What came between two positions is what was committed between them, under the filter. */
  RELIABLE,
  /** A transaction is never split and never merged with another. */
  ATOMIC,
  /** The first change after the position that a watch began at is the first one that is due. */
  RESUMABLE,
  /** Everything at or before a bookmark came before it, and nothing of it comes after. */
  BOOKMARKABLE,
  /** Only what was asked for comes. */
  FILTERED,
  /** A stream that cannot go on says reset, why, and then all that is live. */
  ENDED_WITH_A_REASON,
  /** What was told, deletions too, adds up to the table. */
  CONVERGENT;

  /** The promise in plain words. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
