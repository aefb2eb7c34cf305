package dev.watchhub.hub.fanout;

import dev.watchhub.hub.log.Image;
import dev.watchhub.protocol.EventFrame;
import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Walks over the live keys of an image under a filter, in their order, chunk by chunk. */
final class SnapshotCursor {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final Image image;
  private final Filter filter;
  private final Iterator<String> starts; // prefixes that no other covers, and keys beside them
  private Iterator<Item> items = Collections.emptyIterator();
  private String start = "";
  private long count;

  SnapshotCursor(Image image, Filter filter) {
    this.image = image;
    this.filter = filter;
    TreeSet<String> disjoint = new TreeSet<>();
    TreeSet<String> all = new TreeSet<>(filter.prefixes());
    all.addAll(filter.keys());
    for (String candidate : all) { // a prefix sorts before all that it covers
      if (disjoint.isEmpty()
          || !filter.prefixes().contains(disjoint.last())
          || !candidate.startsWith(disjoint.last())) {
        disjoint.add(candidate);
      }
    }
    this.starts = disjoint.iterator();
  }

  /** Items handed out so far. */
  long count() {
    return count;
  }

  /** The event with the next items; empty at the end. */
  Optional<byte[]> nextChunk() {
    List<byte[]> chunk = new ArrayList<>();
    int bytes = 0;
    while (bytes < CHUNK_BYTES) {
      Optional<Item> item = nextItem();
      if (item.isEmpty()) {
        break;
      }
      byte[] json = EventJson.item(item.get());
      chunk.add(json);
      bytes += json.length;
    }
    count += chunk.size();
    return chunk.isEmpty() ? Optional.empty() : Optional.of(EventFrame.snapshot(chunk));
  }

  private Optional<Item> nextItem() {
    while (true) {
      if (items.hasNext()) {
        Item item = items.next();
        if (covers(item.key())) {
          return Optional.of(item);
        }
        items = Collections.emptyIterator();
      }
      if (!starts.hasNext()) {
        return Optional.empty();
      }
      start = starts.next();
      items = image.liveFrom(start);
    }
  }

  private boolean covers(String key) {
    return filter.prefixes().contains(start) ? key.startsWith(start) : key.equals(start);
  }
}
