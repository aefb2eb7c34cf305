package dev.watchhub.verify;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.Truth.Span;
import dev.watchhub.verify.Truth.Transaction;
import dev.watchhub.verify.WatchStep.Bookmark;
import dev.watchhub.verify.WatchStep.Committed;
import dev.watchhub.verify.WatchStep.Connected;
import dev.watchhub.verify.WatchStep.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was committed, and how a hub that is right would tell it. */
final class Story {
  static final long CLUSTER = 7;
  private static final int STEP = 100; // bytes of log a commit

  private final List<Transaction> commits = new ArrayList<>();
  private long revision;

  /** One row to be: of a key, with a value or, as null, a deletion. */
  record Row(String key, @Nullable String value) {}

  static Row put(String key, String value) {
    return new Row(key, value);
  }

  static Row delete(String key) {
    return new Row(key, null);
  }

  /** Adds a transaction, whose position is the number of those so far. */
  Story commit(Row... rows) {
    List<Item> items = new ArrayList<>();
    for (Row row : rows) {
      items.add(item(row.key(), row.value(), ++revision));
    }
    commits.add(new Transaction(1000 + commits.size(), lsn(commits.size() + 1), items));
    return this;
  }

  static Item item(String key, @Nullable String value, long revision) {
    return new Item(key, value, revision, 1, value == null ? 0 : 1, 1_700_000_000_000L, null, null);
  }

  static Story random(Random random, int transactions) {
    Story story = new Story();
    for (int i = 0; i < transactions; i++) {
      Row[] rows = new Row[1 + random.nextInt(4)];
      for (int j = 0; j < rows.length; j++) {
        String key = (random.nextInt(4) == 0 ? "/b/" : "/a/") + random.nextInt(6);
        rows[j] = random.nextInt(4) == 0 ? delete(key) : put(key, "v" + random.nextInt(1000));
      }
      story.commit(rows);
    }
    return story;
  }

  private static Lsn lsn(long number) {
    return new Lsn(0x10000 + number * STEP);
  }

  /** After so many commits. */
  static Position after(long commits) {
    return new Position(CLUSTER, 1, lsn(commits));
  }

  /** Between two commits, after the first so many. */
  static Position between(long commits) {
    return after(commits).at(new Lsn(lsn(commits).value() + STEP / 2));
  }

  int size() {
    return commits.size();
  }

  Truth truth() {
    return Truth.ordered(new Span(CLUSTER, 1, lsn(0), lsn(commits.size() + 10)), Map.of(), commits);
  }

  /** The same without what a table does not know. */
  Truth poorTruth() {
    List<Transaction> shuffled =
        new ArrayList<>(
            commits.stream().map(c -> new Transaction(c.xid(), null, c.rows())).toList());
    java.util.Collections.shuffle(shuffled, new Random(1));
    return Truth.unordered(Map.of(), shuffled, true);
  }

  List<Item> rows(int number) {
    return commits.get(number - 1).rows();
  }

  /** The event of the commit with this number, from 1, under a filter. */
  Committed told(int number, Filter filter) {
    return told(after(number), rows(number), filter);
  }

  static Committed told(Position position, List<Item> rows, Filter filter) {
    return new Committed(
        new Commit(
            position,
            Instant.EPOCH,
            rows.stream()
                .map(Change::of)
                .filter(change -> filter.matches(change.op(), change.item().key()))
                .toList()));
  }

  Snapshot snapshot(int number, Filter filter) {
    List<Item> items = List.copyOf(truth().live(number, filter).values());
    return new Snapshot(after(number), items.size(), items);
  }

  /** The commits in {@code (from, to]} that are due under a filter. */
  List<WatchStep> commits(int from, int to, Filter filter) {
    List<WatchStep> steps = new ArrayList<>();
    for (int i = from + 1; i <= to; i++) {
      Committed told = told(i, filter);
      if (!told.commit().changes().isEmpty()) {
        steps.add(told);
      }
    }
    return steps;
  }

  /** A stream from the beginning, with a snapshot after the first {@code from} commits. */
  List<WatchStep> stream(int from, Filter filter) {
    List<WatchStep> steps = new ArrayList<>();
    steps.add(new Connected(null));
    steps.add(snapshot(from, filter));
    steps.addAll(commits(from, size(), filter));
    steps.add(new Bookmark(after(size())));
    return steps;
  }

  static WatchHistory history(Filter filter, List<WatchStep> steps) {
    return new WatchHistory(WatchRequest.fromTheBeginning("client", filter), Set.of(), steps);
  }

  static Filter puts(String prefix) {
    return new Filter(Set.of(prefix), Set.of(), Set.of(Op.PUT), false);
  }
}
