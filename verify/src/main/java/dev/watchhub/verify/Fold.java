package dev.watchhub.verify;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a client holds that does as it is told. */
final class Fold {
  private final boolean deletionsToo;
  private final SortedMap<String, Item> held = new TreeMap<>();
  private boolean whole;

  Fold(Filter filter) {
    this.deletionsToo = filter.ops().size() == Change.Op.values().length;
  }

  void forget() {
    held.clear();
    whole = false;
  }

  void replace(Collection<Item> items) {
    held.clear();
    items.forEach(item -> held.put(item.key(), item));
    whole = true;
  }

  void replace(Map<String, Item> items) {
    replace(items.values());
  }

  void apply(Commit commit) {
    for (Change change : commit.changes()) {
      if (change.op() == Change.Op.PUT) {
        held.put(change.item().key(), change.item());
      } else {
        held.remove(change.item().key());
      }
    }
  }

  /** Whether it is everything under the filter, and not only what has changed. */
  boolean isWhole() {
    return whole && deletionsToo;
  }

  /** The first key in which it is not {@code expected}, as the end of a sentence. */
  Optional<String> difference(Map<String, Item> expected) {
    if (held.equals(expected)) {
      return Optional.empty();
    }
    for (Map.Entry<String, Item> entry : expected.entrySet()) {
      Item is = held.get(entry.getKey());
      if (!entry.getValue().equals(is)) {
        return Optional.of(
            entry.getKey() + " is " + (is == null ? "missing" : is) + ", not " + entry.getValue());
      }
    }
    for (Item item : held.values()) {
      if (!expected.containsKey(item.key())) {
        return Optional.of(HistoryWalk.describe(item) + " is live, which it is not");
      }
    }
    return Optional.empty();
  }
}
