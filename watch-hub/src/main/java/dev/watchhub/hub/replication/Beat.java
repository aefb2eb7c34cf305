package dev.watchhub.hub.replication;

import java.util.Optional;

/**
 * What a heartbeat says.
 *
 * @param origin the run of a hub that sent it
 * @param number counts the heartbeats of the origin, from 1
 * @param sentNanos {@code nanoTime} of its origin
 * @param slot that its hub reads
 * @param snapshot of the statement that sent it: every transaction that it sees stands before it in
 *     the stream
 * @param publicationMark {@link Setup#publicationMark} as of that snapshot
 */
record Beat(
    String origin,
    long number,
    long sentNanos,
    String slot,
    Snapshot snapshot,
    String publicationMark) {
  /** The beginning of a heartbeat's text, which the server completes. */
  static String head(String origin, long number, long sentNanos, String slot) {
    return origin + ' ' + number + ' ' + sentNanos + ' ' + slot + ' ';
  }

  /** Reads a heartbeat's text; empty for one that another version sent. */
  static Optional<Beat> parse(String content) {
    String[] words = content.split(" ", 6);
    if (words.length < 6 || !words[1].matches("\\d{1,18}") || !words[2].matches("-?\\d{1,18}")) {
      return Optional.empty();
    }
    return Snapshot.parse(words[4])
        .map(
            snapshot ->
                new Beat(
                    words[0],
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    words[3],
                    snapshot,
                    words[5]));
  }
}
