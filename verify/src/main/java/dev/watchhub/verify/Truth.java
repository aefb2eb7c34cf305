package dev.watchhub.verify;

import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was committed, from a source other than the hub, and how much of it that source knows.
 * Immutable.
 *
 * <p>It has only the keys that the load writes; a history to be checked asks for no others.
 */
public final class Truth {
  /**
   * The rows of one transaction, in their order; a tombstone has no value.
   *
   * @param xid its number
   * @param end first byte after it in the write-ahead log; null when the source does not know
   */
  public record Transaction(long xid, @Nullable Lsn end, List<Item> rows) {
    public Transaction {
      rows = List.copyOf(rows);
    }
  }

  /**
   * The stretch of one timeline of which every commit is known.
   *
   * @param from exclusive; the base is the state there
   * @param to inclusive
   */
  public record Span(long cluster, int timeline, Lsn from, Lsn to) {
    /** Whether positions like this one can be found in the span's order. */
    public boolean isOf(Position position) {
      return position.cluster() == cluster && position.timeline() == timeline;
    }
  }

  /**
   * A row of a key.
   *
   * @param transaction which wrote it
   * @param place among the rows of the key
   */
  record Version(int transaction, int place, Item item) {}

  private final @Nullable Span span;
  private final boolean whole;
  private final SortedMap<String, Item> base;
  private final List<Transaction> transactions;
  private final Map<String, List<Version>> versions = new TreeMap<>();
  private final Map<Long, Version> byRevision = new HashMap<>();

  private Truth(
      @Nullable Span span, boolean whole, Map<String, Item> base, List<Transaction> transactions) {
    this.span = span;
    this.whole = whole;
    this.base = new TreeMap<>(base);
    this.transactions = List.copyOf(transactions);
    for (int i = 0; i < transactions.size(); i++) {
      for (Item row : transactions.get(i).rows()) {
        List<Version> ofKey = versions.computeIfAbsent(row.key(), key -> new ArrayList<>());
        ofKey.add(new Version(i, ofKey.size(), row));
      }
    }
    for (List<Version> ofKey : versions.values()) {
      if (span == null) { // the order of revisions is then the best that is known of a key
        ofKey.sort(Comparator.comparingLong(version -> version.item().revision()));
        for (int i = 0; i < ofKey.size(); i++) {
          ofKey.set(i, new Version(ofKey.get(i).transaction(), i, ofKey.get(i).item()));
        }
      }
      ofKey.forEach(version -> byRevision.put(version.item().revision(), version));
    }
  }

  /**
   * All commits of a stretch of the log, in commit order.
   *
   * @param base what was live at its beginning
   * @param commits each with its end, rising
   */
  public static Truth ordered(Span span, Map<String, Item> base, List<Transaction> commits) {
    @Nullable Lsn last = null;
    for (Transaction commit : commits) {
      Lsn end = commit.end();
      if (end == null || (last != null && end.compareTo(last) <= 0)) {
        throw new IllegalArgumentException("commit " + commit.xid() + " ends at " + end);
      }
      last = end;
    }
    return new Truth(span, true, base, commits);
  }

  /**
   * Transactions whose order is known by the revisions of each key only.
   *
   * @param base what was live before them
   * @param whole whether every row that was written is there; compaction takes some
   */
  public static Truth unordered(
      Map<String, Item> base, List<Transaction> transactions, boolean whole) {
    return new Truth(null, whole, base, transactions);
  }

  /** Where its commits lie in the log; empty when their order is not known. */
  public Optional<Span> span() {
    return Optional.ofNullable(span);
  }

  /** What it knows of, in commit order if that is known. */
  public List<Transaction> transactions() {
    return transactions;
  }

  /** Everything that is live after all transactions. */
  public SortedMap<String, Item> live() {
    return live(transactions.size(), Filter.prefix("/"));
  }

  /** Whether a row that is not here was never written. */
  boolean isWhole() {
    return whole;
  }

  SortedMap<String, Item> base() {
    return base;
  }

  /** The rows of a key, in the order of revisions. */
  List<Version> versions(String key) {
    return versions.getOrDefault(key, List.of());
  }

  /** What the key held before this row, dead or alive; only where the order is known. */
  Optional<Item> before(Version version) {
    String key = version.item().key();
    return version.place() > 0
        ? Optional.of(versions(key).get(version.place() - 1).item())
        : Optional.ofNullable(base.get(key));
  }

  Iterable<String> keys() {
    return versions.keySet();
  }

  Optional<Version> find(long revision) {
    return Optional.ofNullable(byRevision.get(revision));
  }

  /** The rows of a transaction that a filter lets through. */
  List<Item> rows(int transaction, Filter filter) {
    List<Item> rows = transactions.get(transaction).rows();
    for (Item row : rows) {
      if (!matches(filter, row)) {
        return rows.stream().filter(other -> matches(filter, other)).toList();
      }
    }
    return rows;
  }

  static boolean matches(Filter filter, Item row) {
    return filter.matches(dev.watchhub.protocol.Change.of(row).op(), row.key());
  }

  Lsn end(int transaction) {
    Lsn end = transactions.get(transaction).end();
    if (end == null) {
      throw new IllegalStateException("the order is not known");
    }
    return end;
  }

  /** How many transactions end at or before {@code lsn}; only where the order is known. */
  int countUpTo(Lsn lsn) {
    int low = 0;
    int high = transactions.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (end(middle).compareTo(lsn) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** What is live under a filter's keys after the first {@code count} transactions. */
  SortedMap<String, Item> live(int count, Filter filter) {
    SortedMap<String, Item> live = new TreeMap<>();
    base.forEach(
        (key, item) -> {
          if (filter.matches(key)) {
            live.put(key, item);
          }
        });
    versions.forEach(
        (key, list) -> {
          if (!filter.matches(key)) {
            return;
          }
          int after = 0; // of the versions that are in, which come first
          int high = list.size();
          while (after < high) {
            int middle = (after + high) >>> 1;
            if (list.get(middle).transaction() < count) {
              after = middle + 1;
            } else {
              high = middle;
            }
          }
          if (after > 0) {
            Item item = list.get(after - 1).item();
            if (item.value() == null) {
              live.remove(key);
            } else {
              live.put(key, item);
            }
          }
        });
    return live;
  }
}
