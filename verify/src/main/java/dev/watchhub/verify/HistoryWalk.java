package dev.watchhub.verify;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.WatchStep.Bookmark;
import dev.watchhub.verify.WatchStep.Committed;
import dev.watchhub.verify.WatchStep.Connected;
import dev.watchhub.verify.WatchStep.Malformed;
import dev.watchhub.verify.WatchStep.Reset;
import dev.watchhub.verify.WatchStep.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Goes through a history, one step after another. The only place that tells steps apart. */
abstract class HistoryWalk {
  final WatchHistory history;
  final Findings findings;
  int at;

  HistoryWalk(WatchHistory history, Findings findings) {
    this.history = history;
    this.findings = findings;
  }

  /** Goes from the first step to the last. */
  final void run() {
    for (at = 0; at < history.steps().size() && !findings.isFull(); at++) {
      WatchStep step = history.steps().get(at);
      if (step instanceof Connected connected) {
        connected(connected.after());
      } else if (step instanceof Snapshot snapshot) {
        snapshot(snapshot);
      } else if (step instanceof Committed committed) {
        committed(committed.commit());
      } else if (step instanceof Bookmark bookmark) {
        bookmark(bookmark.position());
      } else if (step instanceof Reset reset) {
        reset(reset);
      } else if (step instanceof Malformed malformed) {
        malformed(malformed);
      } // a refusal says why in its own way, and the client comes again
    }
    if (!findings.isFull()) {
      ended();
    }
  }

  abstract void connected(@Nullable Position after);

  abstract void snapshot(Snapshot snapshot);

  abstract void committed(Commit commit);

  abstract void bookmark(Position position);

  abstract void reset(Reset reset);

  void malformed(Malformed malformed) {}

  abstract void ended();

  final void broken(Promise promise, String expected, String came) {
    findings.broken(promise, history, at, expected, came);
  }

  /** The step of a commit from {@code from} on, as long as the client holds the same. */
  final Optional<Integer> findLater(int from, Predicate<Commit> wanted) {
    List<WatchStep> steps = history.steps();
    for (int i = from; i < steps.size(); i++) {
      WatchStep step = steps.get(i);
      if (step instanceof Snapshot || step instanceof Reset) {
        break;
      }
      if (step instanceof Committed committed && wanted.test(committed.commit())) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  static boolean has(Commit commit, long revision) {
    for (Change change : commit.changes()) {
      if (change.item().revision() == revision) {
        return true;
      }
    }
    return false;
  }

  /** Whether their order is known: they are of one cluster and one timeline. */
  static boolean areComparable(@Nullable Position a, @Nullable Position b) {
    return a != null && b != null && a.cluster() == b.cluster() && a.timeline() == b.timeline();
  }

  /** Whether {@code a} lies at or before {@code b}, as far as that is known. */
  static boolean isUpTo(@Nullable Position a, @Nullable Position b) {
    return a != null && b != null && areComparable(a, b) && a.lsn().compareTo(b.lsn()) <= 0;
  }

  /** A row for the evidence. */
  static String describe(Item row) {
    return (row.value() == null ? "delete " : "put ") + row.key() + " rev=" + row.revision();
  }

  static String describe(List<Item> rows) {
    int shown = Math.min(rows.size(), 6);
    String list =
        String.join(", ", rows.subList(0, shown).stream().map(HistoryWalk::describe).toList());
    return shown < rows.size() ? list + " and " + (rows.size() - shown) + " more" : list;
  }
}
