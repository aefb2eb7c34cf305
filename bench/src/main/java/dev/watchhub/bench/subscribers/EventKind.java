package dev.watchhub.bench.subscribers;

/** What an event is called on the stream. */
enum EventKind {
  /** A commit of the hub, or an event without a name, as nchan sends. */
  MESSAGE,
  SNAPSHOT,
  SYNCED,
  BOOKMARK,
  RESET,
  OTHER;

  /**
   * The kind that a name stands for, by its first two letters.
   *
   * @param letters the first in the high byte, the second in the low one
   */
  static EventKind of(int letters) {
    return switch (letters) {
      case 'c' << 8 | 'o' -> MESSAGE;
      case 's' << 8 | 'n' -> SNAPSHOT;
      case 's' << 8 | 'y' -> SYNCED;
      case 'b' << 8 | 'o' -> BOOKMARK;
      case 'r' << 8 | 'e' -> RESET;
      default -> OTHER;
    };
  }
}
