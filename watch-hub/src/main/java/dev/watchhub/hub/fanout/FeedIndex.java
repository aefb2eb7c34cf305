package dev.watchhub.hub.fanout;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogEntry;
import dev.watchhub.protocol.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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
   * The feed of {@code filter}, with one more member.
   *
   * @param from the feed, if it is new, will be told of every match from this place on
   */
  Feed join(Filter filter, long from) {
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
    feed.members++;
    return feed;
  }

  /** One member less; a feed without members is forgotten. */
  void leave(Feed feed) {
    feed.members--;
    if (feed.members > 0) {
      return;
    }
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

  /** The feeds that some change of {@code entry} concerns, or that it breaks, each once. */
  Set<Feed> matching(LogEntry entry) {
    Set<Feed> matching = new LinkedHashSet<>();
    for (int i = 0; i < entry.keys().size(); i++) {
      String key = entry.keys().get(i);
      for (Feed feed : byKey.getOrDefault(key, List.of())) {
        add(matching, feed, entry, i);
      }
      for (Map.Entry<Integer, Map<String, List<Feed>>> group :
          byPrefix.headMap(key.length(), true).entrySet()) {
        String start = key.substring(0, group.getKey());
        for (Feed feed : group.getValue().getOrDefault(start, List.of())) {
          add(matching, feed, entry, i);
        }
      }
    }
    return matching;
  }

  private static void add(Set<Feed> matching, Feed feed, LogEntry entry, int change) {
    if (entry.frame() == null || feed.filter.ops().contains(entry.ops().get(change))) {
      matching.add(feed);
    }
  }
}
