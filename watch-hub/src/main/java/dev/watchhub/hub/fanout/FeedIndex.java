package dev.watchhub.hub.fanout;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogEntry;
import dev.watchhub.hub.log.LoggedChange;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the feeds that a commit concerns, without asking the others. One thread only.
 *
 * <p>Prefixes are grouped by their length, so a key costs one look-up for each length in use,
 * however many prefixes there are.
 */
final class FeedIndex {
  private final ChangeLog log;
  private final Map<Filter, Feed> feeds = new HashMap<>();
  private final Map<String, List<Feed>> byKey = new HashMap<>();
  private final TreeMap<Integer, Map<String, List<Feed>>> byPrefix = new TreeMap<>();

  FeedIndex(ChangeLog log) {
    this.log = log;
  }

  /**
   * The feed of {@code filter}.
   *
   * @param from the feed, if it is new, will be told of every match from this place on
   */
  Feed feed(Filter filter, long from) {
    Feed feed = feeds.get(filter);
    if (feed == null) {
      feed = new Feed(filter, log, from);
      feeds.put(filter, feed);
      for (String key : filter.keys()) {
        byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(feed);
      }
      for (String prefix : filter.prefixes()) {
        byPrefix
            .computeIfAbsent(prefix.length(), length -> new HashMap<>())
            .computeIfAbsent(prefix, p -> new ArrayList<>())
            .add(feed);
      }
    }
    return feed;
  }

  /** Forgets a feed that nobody has any more. */
  void remove(Feed feed) {
    feeds.remove(feed.filter);
    feed.filter.keys().forEach(key -> remove(byKey, key, feed));
    for (String prefix : feed.filter.prefixes()) {
      Map<String, List<Feed>> sameLength = byPrefix.get(prefix.length());
      if (sameLength != null) {
        remove(sameLength, prefix, feed);
        if (sameLength.isEmpty()) {
          byPrefix.remove(prefix.length());
        }
      }
    }
  }

  private static void remove(Map<String, List<Feed>> index, String key, Feed feed) {
    List<Feed> there = index.get(key);
    if (there != null && there.remove(feed) && there.isEmpty()) {
      index.remove(key);
    }
  }

  /** All feeds. */
  Collection<Feed> all() {
    return feeds.values();
  }

  /**
   * Calls {@code action} with the feeds that some change of {@code entry} concerns, or that it
   * breaks; with some of them more than once.
   */
  void forEachMatching(LogEntry entry, Consumer<Feed> action) {
    for (LoggedChange change : entry.changes()) {
      String key = change.key();
      @Nullable Op op = entry.frame() == null ? null : change.op();
      forEachWanting(op, byKey.getOrDefault(key, List.of()), action);
      for (Map.Entry<Integer, Map<String, List<Feed>>> group : byPrefix.entrySet()) {
        if (group.getKey() > key.length()) {
          break;
        }
        String start = key.substring(0, group.getKey());
        forEachWanting(op, group.getValue().getOrDefault(start, List.of()), action);
      }
    }
  }

  /**
   * @param op null for all
   */
  private static void forEachWanting(@Nullable Op op, List<Feed> feeds, Consumer<Feed> action) {
    for (Feed feed : feeds) {
      if (op == null || feed.filter.ops().contains(op)) {
        action.accept(feed);
      }
    }
  }
}
