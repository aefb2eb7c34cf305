package dev.watchhub.client;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a source has said that is to take over, compared key by key with what was told to the
 * listener.
 *
 * <p>Threading: not thread-safe; one thread at a time.
 */
final class Candidate {
  /** What can be made of it when the one that it takes over from is lost. */
  enum Verdict {
    /** It has not reached what was told, or it is not known whether it has. */
    BEHIND,
    /** It has; {@link #difference} is what it knows beyond. */
    AHEAD,
    /** What was told is of a timeline that the database has left; {@link #live} takes its place. */
    NEWER_TIMELINE
  }

  private final FoldGuard told;
  private final Map<String, Item> rows = new HashMap<>(); // the newest of each key that it named
  private final Map<String, Long> unmet = new HashMap<>(); // of its snapshot, and not told yet
  private final Set<String> behind = new HashSet<>(); // where it has not reached what was told
  private final Deque<Commit> since =
      new ArrayDeque<>(); // its snapshot, those that were told left out
  private final Map<String, Item> tombstones = new HashMap<>();
  private long compactedRevision;
  private @Nullable Extent snapshotExtent;
  private @Nullable Extent extent;
  private int saidSinceCount; // what the active one has said since the snapshot
  private boolean synced;

  /** A source that has said nothing yet. */
  Candidate(FoldGuard told) {
    this.told = told;
  }

  /** Takes note of what it says. */
  void hear(News news) {
    if (news instanceof News.Everything everything) {
      start(everything);
    } else if (news instanceof News.Changed changed) {
      since.add(changed.commit());
      for (Change change : changed.commit().changes()) {
        rows.merge(
            change.item().key(), change.item(), (a, b) -> a.revision() > b.revision() ? a : b);
        compare(change.item().key());
      }
      reach(changed.extent());
      trim();
    } else if (news instanceof News.UpToDate upToDate) {
      reach(upToDate.extent());
    } else {
      clear();
    }
  }

  private void clear() {
    synced = false;
    rows.clear();
    unmet.clear();
    behind.clear();
    since.clear();
    tombstones.clear();
  }

  private void start(News.Everything everything) {
    clear();
    synced = true;
    extent = everything.extent();
    snapshotExtent = extent;
    saidSinceCount = 0;
    compactedRevision = everything.gone().compactedRevision();
    everything.gone().tombstones().forEach(row -> tombstones.put(row.key(), row));
    for (Item item : everything.items()) {
      rows.put(item.key(), item);
      if (told.revision(item.key()) < item.revision()) {
        unmet.put(item.key(), item.revision());
      }
      compare(item.key());
    }
    told.liveKeys().forEach(this::compare);
  }

  private void reach(@Nullable Extent newExtent) {
    if (newExtent != null) {
      extent = newExtent;
    }
  }

  private void compare(String key) {
    Item row = rows.get(key);
    boolean reached = row == null ? !told.isLive(key) : row.revision() >= told.revision(key);
    if (reached) {
      behind.remove(key);
    } else {
      behind.add(key);
    }
  }

  /** Compares again, since the active source has said something and {@code changes} were told. */
  void toldAlso(List<Change> changes) {
    if (!synced) {
      return;
    }
    saidSinceCount++;
    for (Change change : changes) {
      String key = change.item().key();
      compare(key);
      Long wanted = unmet.get(key);
      if (wanted != null && wanted <= told.revision(key)) {
        unmet.remove(key);
      }
    }
    trim();
  }

  private void trim() {
    while (!since.isEmpty() && since.getFirst().changes().stream().noneMatch(this::isNew)) {
      since.removeFirst();
    }
  }

  private boolean isNew(Change change) {
    return change.item().revision() > told.revision(change.item().key());
  }

  /** Whether it has said a snapshot. */
  boolean isSynced() {
    return synced;
  }

  /** How far it reaches; null when that is not known. */
  @Nullable Extent extent() {
    return extent;
  }

  /**
   * Whether the active source has told everything that lies in the past of this one's snapshot.
   *
   * @param toldExtent how far that source reaches; null when that is not known
   * @param asks whether it asks for what has changed: what it says first may be the answer to a
   *     question from before the snapshot, what it says then is not
   */
  boolean isPassed(@Nullable Extent toldExtent, boolean asks) {
    boolean beyond =
        asks
            ? saidSinceCount >= 2
            : snapshotExtent == null || (toldExtent != null && toldExtent.includes(snapshotExtent));
    return synced && beyond && unmet.isEmpty();
  }

  /** Whether this one has reached everything that was told. */
  boolean hasReached() {
    return synced && behind.isEmpty();
  }

  /** What it says beyond that which was told, once it {@link #isPassed} and {@link #hasReached}. */
  List<Commit> beyond() {
    return List.copyOf(since);
  }

  /**
   * Compares it with what was told by one that is lost, and will tell nothing more.
   *
   * @param toldExtent how far that reached; null when that is not known
   */
  Verdict verdict(@Nullable Extent toldExtent) {
    int timelines = Extent.compareTimelines(extent, toldExtent);
    if (!synced || timelines < 0) {
      return Verdict.BEHIND;
    }
    if (timelines > 0) {
      return Verdict.NEWER_TIMELINE;
    }
    boolean hasAll = extent != null && extent.includes(toldExtent);
    return hasAll || behind.stream().allMatch(this::isKnownDeleted)
        ? Verdict.AHEAD
        : Verdict.BEHIND;
  }

  private boolean isKnownDeleted(String key) {
    Item tombstone = tombstones.get(key);
    long deleted = tombstone == null ? compactedRevision : tombstone.revision();
    return !rows.containsKey(key) && deleted > told.revision(key);
  }

  /** The newest row of each key that differs from what was told, in the order of revisions. */
  List<Change> difference(long nowMillis) {
    List<Change> changes = new ArrayList<>();
    for (Item row : rows.values()) {
      Change change = Change.of(row);
      if (isNew(change) && (change.op() == Change.Op.PUT || told.isLive(row.key()))) {
        changes.add(change);
      }
    }
    for (String key : behind) {
      if (!rows.containsKey(key)) {
        Item tombstone = tombstones.get(key);
        changes.add(Change.of(tombstone == null ? unseenTombstone(key, nowMillis) : tombstone));
      }
    }
    changes.sort(Comparator.comparingLong(change -> change.item().revision()));
    return changes;
  }

  /**
   * The real one was compacted, or is not known to a hub's client; its revision is at least this.
   */
  private Item unseenTombstone(String key, long nowMillis) {
    long revision = told.revision(key) + 1;
    return new Item(key, null, revision, revision, 0, nowMillis, null, null);
  }

  /** What is live by all that it has said, in the order of keys. */
  List<Item> live() {
    return rows.values().stream()
        .filter(row -> row.value() != null)
        .sorted(Comparator.comparing(Item::key))
        .toList();
  }

  /** What keeps it from taking over, for a person. */
  String lag() {
    String key = behind.stream().findAny().or(() -> unmet.keySet().stream().findAny()).orElse("");
    int keys = behind.size() + unmet.size();
    return keys == 0
        ? "it is not known yet whether the two are equal"
        : "it differs from what was applied in %d keys, such as %s".formatted(keys, key);
  }
}
