package dev.watchhub.client;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.WatchStep;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes down what a watcher tells, and folds it. */
final class Recorder implements WatchListener {
  // Guarded by this.
  private final List<List<Item>> snapshots = new ArrayList<>();
  private final List<Commit> commits = new ArrayList<>();
  private final List<WatchStatus> statuses = new ArrayList<>();
  private final List<WatchStep> steps = new ArrayList<>();
  private final SortedMap<String, Item> folded = new TreeMap<>();

  @Override
  public synchronized void onSnapshot(List<Item> items) {
    snapshots.add(items);
    steps.add(new WatchStep.Snapshot(null, items.size(), items));
    folded.clear();
    items.forEach(item -> folded.put(item.key(), item));
  }

  @Override
  public synchronized void onCommit(Commit commit) {
    commits.add(commit);
    steps.add(new WatchStep.Committed(commit));
    for (Change change : commit.changes()) {
      if (change.op() == Change.Op.PUT) {
        folded.put(change.item().key(), change.item());
      } else {
        folded.remove(change.item().key());
      }
    }
  }

  @Override
  public synchronized void onStatus(WatchStatus status) {
    statuses.add(status);
  }

  synchronized List<List<Item>> snapshots() {
    return List.copyOf(snapshots);
  }

  synchronized List<Commit> commits() {
    return List.copyOf(commits);
  }

  synchronized List<Change> changes() {
    return commits.stream().flatMap(commit -> commit.changes().stream()).toList();
  }

  synchronized List<WatchStatus> statuses() {
    return List.copyOf(statuses);
  }

  /** The states in their order, each once where it stood several times in a row. */
  synchronized List<State> states() {
    List<State> states = new ArrayList<>();
    for (WatchStatus status : statuses) {
      if (states.isEmpty() || states.get(states.size() - 1) != status.state()) {
        states.add(status.state());
      }
    }
    return states;
  }

  /** What is live by all that was told. */
  synchronized Map<String, Item> folded() {
    return new TreeMap<>(folded);
  }

  /** All that was told since before the first change; one without positions merges transactions. */
  synchronized WatchHistory history(Filter filter) {
    boolean merges = commits.stream().anyMatch(commit -> commit.position() == null);
    EnumSet<Trait> traits = EnumSet.of(Trait.FROM_BASE, Trait.UNTIL_END);
    if (merges) {
      traits.add(Trait.MERGED);
    }
    return new WatchHistory(WatchRequest.fromTheBeginning("watcher", filter), traits, steps);
  }
}
