package dev.watchhub.verify;

import static dev.watchhub.verify.Promise.ATOMIC;
import static dev.watchhub.verify.Promise.CONVERGENT;
import static dev.watchhub.verify.Promise.RELIABLE;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.verify.Truth.Version;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchStep.Reset;
import dev.watchhub.verify.WatchStep.Snapshot;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares a history with a truth key by key, where the order between keys is not known, or where
 * the history has no positions.
 */
final class SetCheck extends HistoryWalk {
  private final Truth truth;
  private final Filter filter;
  private final CommitMatch match;
  private final Fold fold;
  private final boolean merged;

  private final Map<String, Integer> next = new HashMap<>(); // place among the key's versions
  private @Nullable Position reached;
  private final Map<String, Integer> atReached = new HashMap<>(); // of keys that moved since
  private boolean begun;
  private boolean disowned; // a failover lost some of it: nothing to compare with
  private boolean snapshotSeen;

  SetCheck(WatchHistory history, Truth truth, Findings findings) {
    super(history, findings);
    this.truth = truth;
    this.filter = history.request().filter();
    this.match = new CommitMatch(this, truth, filter);
    this.fold = new Fold(filter);
    this.merged = history.traits().contains(Trait.MERGED);
  }

  @Override
  void connected(@Nullable Position after) {
    if (after != null && after.equals(reached)) {
      atReached.forEach(this::move); // what came without an id comes again
    } else {
      forget();
      reached = after;
      disowned = isDisowned();
    }
    atReached.clear();
  }

  private void move(String key, int place) {
    if (place < 0) {
      next.remove(key);
    } else {
      next.put(key, place);
    }
  }

  private void forget() {
    next.clear();
    atReached.clear();
    reached = null;
    begun = false;
    fold.forget();
  }

  @Override
  void reset(Reset reset) {
    forget();
  }

  @Override
  void bookmark(Position position) {
    reached = position;
    atReached.clear();
  }

  @Override
  void snapshot(Snapshot snapshot) {
    forget();
    begun = true;
    disowned = isDisowned();
    reached = snapshot.position();
    fold.replace(snapshot.items());
    if (disowned) {
      return;
    }
    findings.checked(CONVERGENT);
    boolean atBase = !snapshotSeen && history.traits().contains(Trait.FROM_BASE);
    snapshotSeen = true;
    if (atBase) {
      fold.difference(truth.live(0, filter))
          .ifPresent(
              difference ->
                  broken(
                      CONVERGENT,
                      "what was live before the first transaction",
                      "a snapshot in which " + difference));
      truth.keys().forEach(key -> next.put(key, 0));
      return;
    }
    snapshot.items().forEach(this::checkItem);
  }

  /** Whether what the client holds from here on is voided by a failover. */
  private boolean isDisowned() {
    for (WatchStep step : history.steps().subList(at + 1, history.steps().size())) {
      if (step instanceof Snapshot) {
        return false;
      }
      if (step instanceof Reset reset) {
        return reset.reason() == ResetReason.TIMELINE;
      }
    }
    return false;
  }

  private void checkItem(Item item) {
    Item base = truth.base().get(item.key());
    if (base != null && base.revision() == item.revision()) {
      next.put(item.key(), 0);
      compareRow(base, item, CONVERGENT);
      return;
    }
    Optional<Version> known = truth.find(item.revision());
    if (known.isPresent()) {
      next.put(item.key(), known.get().place() + 1);
      compareRow(known.get().item(), item, CONVERGENT);
    } else if (truth.isWhole()) {
      broken(CONVERGENT, "what was committed", describe(item) + ", which never was");
    }
  }

  private void compareRow(Item expected, Item came, Promise promise) {
    if (!expected.equals(came)) {
      broken(promise, "the row " + expected, "the row " + came);
    }
  }

  @Override
  void committed(Commit commit) {
    if (disowned) {
      return;
    }
    fold.apply(commit);
    for (Change change : commit.changes()) {
      if (Truth.matches(filter, change.item())) {
        findings.checked(RELIABLE);
        checkPlace(change.item());
      }
    }
    if (merged) {
      checkMerged(commit);
    } else {
      match.compare(commit, match.owner(commit));
    }
    if (commit.position() != null) {
      reached = commit.position();
      atReached.clear();
    }
  }

  /** Checks that a row is the next one of its key. */
  private void checkPlace(Item row) {
    List<Version> versions = truth.versions(row.key());
    Optional<Version> known = truth.find(row.revision());
    if (known.isEmpty()) {
      if (merged && truth.isWhole()) { // else the comparison of transactions names it
        broken(RELIABLE, "what was committed", describe(row) + ", which never was");
      }
      return;
    }
    if (merged) {
      compareRow(known.get().item(), row, RELIABLE);
    }
    if (!known.get().item().key().equals(row.key())) {
      return; // another key's revision, which the comparison of rows names
    }
    int place = known.get().place();
    Integer due = next.get(row.key());
    if (due != null && place < due) {
      return; // repeated or out of order: named by the check of the stream by itself
    }
    if (due != null) {
      for (int i = due; i < place; i++) {
        missing(versions.get(i).item(), describe(row));
      }
    }
    atReached.putIfAbsent(row.key(), due == null ? -1 : due);
    next.put(row.key(), place + 1);
  }

  private void missing(Item row, String came) {
    boolean later = findLater(at, commit -> has(commit, row.revision())).isPresent();
    if (Truth.matches(filter, row) && !later) {
      broken(RELIABLE, describe(row), came);
    }
  }

  /** Checks that no transaction is split, however many came as one. */
  private void checkMerged(Commit commit) {
    findings.checked(ATOMIC);
    Set<Integer> transactions = new LinkedHashSet<>();
    Set<Long> revisions = new LinkedHashSet<>();
    for (Change change : commit.changes()) {
      revisions.add(change.item().revision());
      truth.find(change.item().revision()).ifPresent(v -> transactions.add(v.transaction()));
    }
    for (int transaction : transactions) {
      List<Item> due = truth.rows(transaction, filter);
      List<Item> missing = due.stream().filter(r -> !revisions.contains(r.revision())).toList();
      if (!missing.isEmpty()) {
        broken(ATOMIC, "all of a transaction: " + describe(due), "all but " + describe(missing));
      }
    }
  }

  @Override
  void ended() {
    if (!history.traits().contains(Trait.UNTIL_END) || !begun) {
      return;
    }
    for (String key : truth.keys()) {
      List<Version> versions = truth.versions(key);
      for (int i = next.getOrDefault(key, versions.size()); i < versions.size(); i++) {
        missing(versions.get(i).item(), "nothing");
      }
    }
    if (fold.isWhole()) {
      findings.checked(CONVERGENT);
      fold.difference(truth.live(truth.transactions().size(), filter))
          .ifPresent(
              difference ->
                  broken(
                      CONVERGENT,
                      "what was told to add up to the table",
                      "a sum in which " + difference));
    }
  }
}
