package dev.watchhub.e2e;

import dev.watchhub.client.WatchListener;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.WatchStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Writes down what a watcher of the client library tells. */
final class ListeningRecorder implements WatchListener {
  private final String name;
  private final String prefix;
  private final Set<Trait> traits;
  private final List<WatchStep> steps = new ArrayList<>(); // guarded by this

  /**
   * @param traits how its history is to be read
   */
  ListeningRecorder(String name, String prefix, Trait... traits) {
    this.name = name;
    this.prefix = prefix;
    this.traits = Set.of(traits);
  }

  @Override
  public synchronized void onSnapshot(List<Item> items) {
    steps.add(new WatchStep.Snapshot(null, items.size(), items));
  }

  @Override
  public synchronized void onCommit(Commit commit) {
    steps.add(new WatchStep.Committed(commit));
  }

  synchronized WatchHistory history() {
    return new WatchHistory(
        WatchRequest.fromTheBeginning(name, Filter.prefix(prefix)), traits, steps);
  }

  synchronized boolean hasBegun() {
    return !steps.isEmpty();
  }

  /** How often it was told everything anew. */
  synchronized long restarts() {
    return steps.stream().filter(WatchStep.Snapshot.class::isInstance).count() - 1;
  }

  /** Whether a key's last value came, in a commit or a snapshot. */
  synchronized boolean hasSeen(String key) {
    return steps.stream()
        .anyMatch(
            step ->
                step instanceof WatchStep.Committed committed
                    ? committed.commit().changes().stream()
                        .anyMatch(change -> change.item().key().equals(key))
                    : step instanceof WatchStep.Snapshot snapshot
                        && snapshot.items().stream().anyMatch(item -> item.key().equals(key)));
  }
}
