package dev.watchhub.verify;

import static dev.watchhub.verify.Promise.BOOKMARKABLE;
import static dev.watchhub.verify.Promise.CONVERGENT;
import static dev.watchhub.verify.Promise.RELIABLE;
import static dev.watchhub.verify.Promise.RESUMABLE;

import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.Truth.Span;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchStep.Reset;
import dev.watchhub.verify.WatchStep.Snapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a stream with a truth whose commit order is known.
 *
 * <p>Where the stream tells of another timeline than the truth's, nothing is compared.
 */
final class OrderCheck extends HistoryWalk {
  private static final int UNKNOWN = -1;

  private final Truth truth;
  private final Span span;
  private final Filter filter;
  private final CommitMatch match;
  private final Fold fold;

  private int next = UNKNOWN; // the first transaction of the truth that has not come yet
  private @Nullable Position reached;
  private @Nullable Position resumed; // while nothing has come since
  private final Set<Integer> filled = new HashSet<>(); // came without an id since the last one

  OrderCheck(WatchHistory history, Truth truth, Span span, Findings findings) {
    super(history, findings);
    this.truth = truth;
    this.span = span;
    this.filter = history.request().filter();
    this.match = new CommitMatch(this, truth, filter);
    this.fold = new Fold(filter);
  }

  @Override
  void connected(@Nullable Position after) {
    boolean goesOn = after != null && after.equals(reached);
    filled.clear();
    resumed = after;
    if (goesOn) {
      return;
    }
    fold.forget();
    next = UNKNOWN;
    reached = after;
    if (after != null) {
      begin(after);
      if (next != UNKNOWN) {
        fold.replace(truth.live(next, filter));
      }
    }
  }

  /** Starts to compare at a position; what was before the truth's beginning is not known. */
  private void begin(Position position) {
    next = span.isOf(position) ? truth.countUpTo(position.lsn()) : UNKNOWN;
  }

  private boolean isKnown(Position position) {
    return span.isOf(position)
        && position.lsn().compareTo(span.from()) >= 0
        && position.lsn().compareTo(span.to()) <= 0;
  }

  @Override
  void reset(Reset reset) {
    forget();
  }

  private void forget() {
    next = UNKNOWN;
    reached = null;
    resumed = null;
    filled.clear();
    fold.forget();
  }

  @Override
  void snapshot(Snapshot snapshot) {
    forget();
    fold.replace(snapshot.items());
    Position position = snapshot.position();
    if (position == null) {
      return;
    }
    reached = position;
    begin(position);
    if (isKnown(position)) {
      findings.checked(CONVERGENT);
      fold.difference(truth.live(next, filter))
          .ifPresent(
              difference ->
                  broken(
                      CONVERGENT, "the state at " + position, "a snapshot in which " + difference));
    }
  }

  @Override
  void bookmark(Position position) {
    if (!span.isOf(position)) {
      leave(position);
      return;
    }
    if (next == UNKNOWN) {
      begin(position);
      if (reached == null && isKnown(position)) {
        fold.replace(truth.live(next, filter)); // a stream that begins here, without a snapshot
      }
    } else {
      findings.checked(RELIABLE);
      advance(position.lsn(), UNKNOWN, true);
    }
    arrive(position);
  }

  @Override
  void committed(Commit commit) {
    fold.apply(commit);
    Position position = commit.position();
    if (position == null) {
      match.owner(commit).ifPresent(this::fill);
      match.compare(commit, match.owner(commit));
      return;
    }
    if (!span.isOf(position)) {
      leave(position);
      return;
    }
    if (!isKnown(position)) {
      arrive(position);
      return;
    }
    int own = truth.countUpTo(position.lsn()) - 1;
    if (own < 0 || !truth.end(own).equals(position.lsn())) {
      own = UNKNOWN; // not where a commit ends: the last of those that filled a gap, or a lie
    }
    if (next != UNKNOWN && own != UNKNOWN && own < next) {
      return; // the check of the stream by itself has named it
    }
    Optional<Integer> told = own == UNKNOWN ? match.owner(commit) : Optional.of(own);
    match.compare(commit, told);
    if (own == UNKNOWN) {
      told.ifPresent(this::fill);
    }
    if (next == UNKNOWN) {
      begin(position);
    } else {
      findings.checked(RELIABLE);
      advance(position.lsn(), own, false);
    }
    arrive(position);
  }

  private void fill(int transaction) {
    if (next != UNKNOWN) {
      filled.add(transaction);
    }
  }

  private void arrive(Position position) {
    if (!isUpTo(position, reached)) {
      reached = position;
    }
    resumed = null;
    filled.clear();
  }

  private void leave(Position position) {
    next = UNKNOWN;
    arrive(position);
  }

  /** Everything up to {@code to} must have come, {@code own} comes just now. */
  private void advance(Lsn to, int own, boolean byBookmark) {
    int end = truth.countUpTo(to);
    if (resumed != null) {
      findings.checked(RESUMABLE);
    }
    for (; next < end; next++) {
      if (next == own || filled.contains(next)) {
        continue;
      }
      List<Item> due = truth.rows(next, filter);
      if (!due.isEmpty()) {
        missing(next, due, byBookmark);
      }
    }
  }

  private void missing(int transaction, List<Item> due, boolean byBookmark) {
    long revision = due.get(0).revision();
    Optional<Integer> told = findLater(at, commit -> has(commit, revision));
    String expected =
        "the commit at %s (xid %d): %s"
            .formatted(
                truth.end(transaction), truth.transactions().get(transaction).xid(), describe(due));
    String came = byBookmark ? "a bookmark after it" : "a commit after it";
    if (told.isPresent()) { // merged with this one or out of order, which is named as such
      if (byBookmark) {
        broken(BOOKMARKABLE, expected, came + ", and it comes later");
      }
      return;
    }
    broken(
        resumed != null ? RESUMABLE : RELIABLE,
        expected,
        came + (resumed != null ? ", first after resuming at " + resumed : ""));
  }

  @Override
  void ended() {
    boolean untilEnd = history.traits().contains(Trait.UNTIL_END);
    if (untilEnd && next != UNKNOWN) {
      findings.checked(RELIABLE);
      for (; next < truth.transactions().size(); next++) {
        List<Item> due = truth.rows(next, filter);
        if (!due.isEmpty() && !filled.contains(next)) {
          broken(RELIABLE, "the commit at " + truth.end(next) + ": " + describe(due), "nothing");
        }
      }
    }
    int count = untilEnd ? truth.transactions().size() : next;
    if (count != UNKNOWN && filled.isEmpty()) {
      checkFold(count);
    }
  }

  private void checkFold(int count) {
    if (!fold.isWhole()) {
      return;
    }
    findings.checked(CONVERGENT);
    fold.difference(truth.live(count, filter))
        .ifPresent(
            difference ->
                broken(
                    CONVERGENT,
                    "what was told to add up to the table",
                    "a sum in which " + difference));
  }
}
