package dev.watchhub.controlplane.api;

import dev.watchhub.controlplane.store.Past;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.util.Map;

/** What is answered where the past cannot be read as asked: one place for every call. */
final class PastProblems {
  private PastProblems() {}

  /**
   * What a read as of {@code asOf} found.
   *
   * @throws ProblemException 404 where that revision has not been given out, 410 where compaction
   *     took what it asks for
   */
  static <T> T known(Past<T> past, long asOf) {
    if (past instanceof Past.Known<T> known) {
      return known.value();
    }
    if (past instanceof Past.Future<T> future) {
      throw future(asOf, future.newest());
    }
    if (past instanceof Past.Compacted<T> compacted) {
      throw compacted(asOf, compacted.oldest());
    }
    throw torn();
  }

  /** 404 for a revision that has not been given out. */
  static ProblemException future(long asOf, long newest) {
    return new ProblemException(
        new Problem(
                404,
                "revision " + asOf + " has not been given out yet; the newest is " + newest,
                Map.of("field", "rev", "newest", newest))
            .ofType("future-revision"));
  }

  /** 410 where an answer without what compaction took would be a wrong one. */
  static ProblemException compacted(long asOf, long oldest) {
    return new ProblemException(
        new Problem(
                410,
                "compaction took some of what was there as of revision %d; the oldest that can be read here is %d"
                    .formatted(asOf, oldest),
                Map.of("field", "rev", "oldest", oldest))
            .ofType("compacted"));
  }

  /** 410 where the pages of a list would not fit together. */
  static ProblemException torn() {
    return new ProblemException(
        new Problem(
                410,
                "'at' is of no use any more: compaction took some of what the list was to have, or the"
                    + " database is another; ask for the first page again",
                Map.of("field", "at"))
            .ofType("page-expired"));
  }
}
