package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.Transaction;
import dev.watchhub.hub.replication.TableSnapshot.Written;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a lost slot would have sent, made out from the table.
 *
 * <p>The order of its transactions is one that the locks of the keys allow, and not necessarily the
 * one in which they committed: a writer draws its revision after it has locked the key, so of two
 * transactions that share a key, the later one's highest revision is the higher.
 *
 * @param missed the transactions that were not read, each with the rows that the table still has
 * @param broken keys of which rows are missing that compaction has taken, or whose chain does not
 *     hold for another reason, with the live row that the table has
 */
record GapFill(List<Transaction> missed, Map<String, Optional<Item>> broken) {
  /**
   * Makes it out.
   *
   * @param held the image before the gap
   * @param unseen the rows of the transactions that were not read
   * @param compacted whether compaction has taken rows that were not read
   * @param live the table's live rows
   * @param to where both were read
   */
  static GapFill of(Image held, List<Written> unseen, boolean compacted, Image live, Position to) {
    Map<Long, List<Written>> groups = new HashMap<>();
    for (Written written : unseen) {
      groups.computeIfAbsent(written.xid(), xid -> new ArrayList<>()).add(written);
    }
    List<Transaction> missed =
        groups.values().stream()
            .sorted(Comparator.comparingLong(GapFill::highestRevision))
            .map(group -> transaction(group, to))
            .toList();
    Map<String, Optional<Item>> broken = new LinkedHashMap<>();
    Map<String, Item> latest = new TreeMap<>(); // of the keys that are written in the gap
    for (Transaction transaction : missed) {
      for (var row : transaction.rows()) {
        String key = row.item().key();
        Item before = latest.getOrDefault(key, held.get(key));
        // A row that follows none proves nothing when those before it may have been compacted.
        boolean proven = !compacted || (before != null && row.prevRevision() == before.revision());
        if (!proven || !Chain.continues(before, row)) {
          broken.put(key, liveRow(live, key));
        }
        latest.put(key, row.item());
      }
    }
    // However it came about: afterwards the image is the table.
    for (Item item : live.rows().values()) {
      String key = item.key();
      Item reached = latest.getOrDefault(key, held.get(key));
      if (reached == null || reached.revision() != item.revision()) {
        broken.put(key, Optional.of(item));
      }
    }
    for (Collection<Item> reached : List.of(held.rows().values(), latest.values())) {
      for (Item item : reached) {
        boolean last = latest.getOrDefault(item.key(), item).revision() == item.revision();
        if (last && item.value() != null && live.get(item.key()) == null) {
          broken.put(item.key(), Optional.empty());
        }
      }
    }
    return new GapFill(missed, broken);
  }

  private static long highestRevision(List<Written> group) {
    return group.get(group.size() - 1).row().item().revision(); // they come in this order
  }

  private static Transaction transaction(List<Written> group, Position to) {
    return new Transaction(to, null, group.get(0).xid(), group.stream().map(Written::row).toList());
  }

  private static Optional<Item> liveRow(Image live, String key) {
    @Nullable Item item = live.get(key);
    return Optional.ofNullable(item);
  }
}
