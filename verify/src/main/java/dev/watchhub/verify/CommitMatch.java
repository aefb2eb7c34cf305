package dev.watchhub.verify;

import static dev.watchhub.verify.Promise.ATOMIC;
import static dev.watchhub.verify.Promise.ORDERED;
import static dev.watchhub.verify.Promise.RELIABLE;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Change.Prev;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.verify.Truth.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares one commit that came with the transaction that it should be. */
final class CommitMatch {
  private final HistoryWalk walk;
  private final Truth truth;
  private final Filter filter;

  CommitMatch(HistoryWalk walk, Truth truth, Filter filter) {
    this.walk = walk;
    this.truth = truth;
    this.filter = filter;
  }

  /** The transaction that wrote the first row that the truth knows. */
  Optional<Integer> owner(Commit commit) {
    return commit.changes().stream()
        .flatMap(change -> truth.find(change.item().revision()).stream())
        .map(Version::transaction)
        .findFirst();
  }

  /**
   * Names each way in which the commit is not the transaction under the filter.
   *
   * @param transaction empty when no row of it is known
   */
  void compare(Commit commit, Optional<Integer> transaction) {
    walk.findings.checked(ATOMIC);
    List<Item> came = new ArrayList<>(commit.changes().size());
    for (Change change : commit.changes()) {
      checkPrevious(change);
      if (Truth.matches(filter, change.item())) { // what does not was named as such
        came.add(change.item());
      }
    }
    List<Item> due = transaction.isPresent() ? truth.rows(transaction.get(), filter) : List.of();
    if (came.equals(due)) {
      return;
    }
    if (isOfAnother(came, transaction)) {
      walk.broken(ORDERED, HistoryWalk.describe(due), HistoryWalk.describe(came));
      return;
    }
    boolean known = true;
    for (Item row : came) {
      known &= checkRow(row, transaction, due);
    }
    List<Long> revisions = came.stream().map(Item::revision).toList();
    List<Item> missing = due.stream().filter(r -> !revisions.contains(r.revision())).toList();
    if (!missing.isEmpty()) {
      walk.broken(
          ATOMIC,
          "all of a transaction: " + HistoryWalk.describe(due),
          "all but " + HistoryWalk.describe(missing));
    } else if (known && !revisions.equals(due.stream().map(Item::revision).toList())) {
      walk.broken(
          ORDERED, "rows in the order " + HistoryWalk.describe(due), HistoryWalk.describe(came));
    }
  }

  private void checkPrevious(Change change) {
    Prev prev = change.prev();
    Optional<Version> known = truth.find(change.item().revision());
    if (prev == null || !prev.known() || known.isEmpty() || truth.span().isEmpty()) {
      return;
    }
    Optional<Item> before = truth.before(known.get()).filter(row -> row.value() != null);
    Prev due =
        before
            .map(row -> new Prev(row.value(), row.revision(), true))
            .orElse(new Prev(null, prev.revision(), true)); // of nothing there is no revision
    if (!prev.equals(due)) {
      walk.broken(
          RELIABLE,
          HistoryWalk.describe(change.item()) + " with " + due + " before it",
          "with " + prev);
    }
  }

  /** Whether it is exactly another transaction: it stands in the wrong place. */
  private boolean isOfAnother(List<Item> came, Optional<Integer> transaction) {
    if (came.isEmpty()) {
      return false;
    }
    Optional<Integer> other = truth.find(came.get(0).revision()).map(Version::transaction);
    return other.isPresent()
        && !other.equals(transaction)
        && truth.rows(other.get(), filter).equals(came);
  }

  /** Whether a row is one of {@code transaction}, once what is wrong with it was named. */
  private boolean checkRow(Item row, Optional<Integer> transaction, List<Item> due) {
    Optional<Version> known = truth.find(row.revision());
    if (known.isEmpty()) {
      if (truth.isWhole()) {
        walk.broken(
            RELIABLE, "what was committed", HistoryWalk.describe(row) + ", which never was");
      }
      return false;
    }
    if (!Optional.of(known.get().transaction()).equals(transaction)) {
      walk.broken(
          ATOMIC,
          "one transaction alone: " + HistoryWalk.describe(due),
          HistoryWalk.describe(row) + " of another with it");
      return false;
    }
    if (!known.get().item().equals(row)) {
      walk.broken(RELIABLE, "the row " + known.get().item(), "the row " + row);
      return false;
    }
    return true;
  }
}
