package dev.watchhub.client;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Item;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets through only what is newer, key by key, than what was let through before.
 *
 * <p>Within a key the order of revisions is the order of commits, so a row that is not above what
 * was told is one that was told, or that was passed. That ends with a snapshot: it replaces all,
 * and after a failover revisions are given out again.
 *
 * <p>A deletion is remembered as well, or an older row would bring its key back. Repeats come from
 * a source that was cut within a filled gap, and from a second source that lags behind the first
 * one; both are behind by seconds. So the last {@value #MAX_DELETED} deletions are kept, and a
 * source that is farther behind than that may bring a key back until it has caught up.
 */
final class FoldGuard {
  static final int MAX_DELETED = 100_000;

  private final Map<String, Long> live = new HashMap<>();
  private final Map<String, Long> deleted = new LinkedHashMap<>(); // the oldest deletion first

  /** Forgets everything, and takes {@code items} for told. */
  void replace(List<Item> items) {
    live.clear();
    deleted.clear();
    items.forEach(item -> live.put(item.key(), item.revision()));
  }

  /** Those of {@code changes} that are new, which from now on are told. */
  List<Change> admit(List<Change> changes) {
    List<Change> admitted = new ArrayList<>(changes.size());
    for (Change change : changes) {
      Item item = change.item();
      if (item.revision() > revision(item.key())) {
        admitted.add(change);
        remember(change.op(), item);
      }
    }
    return admitted;
  }

  private void remember(Change.Op op, Item item) {
    if (op == Change.Op.PUT) {
      deleted.remove(item.key());
      live.put(item.key(), item.revision());
      return;
    }
    live.remove(item.key());
    deleted.remove(item.key()); // so that it goes to the end
    deleted.put(item.key(), item.revision());
    if (deleted.size() > MAX_DELETED) {
      Iterator<String> oldest = deleted.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** The newest revision that was told of a key; 0 when nothing is known of it. */
  long revision(String key) {
    Long revision = live.get(key);
    return revision != null ? revision : deleted.getOrDefault(key, 0L);
  }

  /** Whether a key is live by what was told. */
  boolean isLive(String key) {
    return live.containsKey(key);
  }

  /** The keys that are live by what was told. */
  Set<String> liveKeys() {
    return Collections.unmodifiableSet(live.keySet());
  }
}
