package dev.watchhub.verify;

import static dev.watchhub.verify.Promise.ATOMIC;
import static dev.watchhub.verify.Promise.BOOKMARKABLE;
import static dev.watchhub.verify.Promise.CONVERGENT;
import static dev.watchhub.verify.Promise.ENDED_WITH_A_REASON;
import static dev.watchhub.verify.Promise.FILTERED;
import static dev.watchhub.verify.Promise.ORDERED;
import static dev.watchhub.verify.Promise.RELIABLE;
import static dev.watchhub.verify.Promise.RESUMABLE;
import static dev.watchhub.verify.Promise.UNIQUE;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.verify.Truth.Span;
import dev.watchhub.verify.WatchStep.Committed;
import dev.watchhub.verify.WatchStep.Malformed;
import dev.watchhub.verify.WatchStep.Reset;
import dev.watchhub.verify.WatchStep.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a history must keep to by itself, whatever was committed: order, no repetition, the filter,
 * and the form of a stream.
 *
 * <p>It is one class because each of these needs to know where the client is.
 */
final class StreamCheck extends HistoryWalk {
  private final Filter filter;
  private final Optional<Span> span;
  private final boolean ofAStream;

  // Of the connection.
  private @Nullable Position resumed;
  private boolean fresh = true;
  private boolean voided;

  // Of what the client holds.
  private int heldSince;
  private @Nullable Position anchor; // the id of its last event
  private @Nullable Position last; // the furthest it has been
  private @Nullable Position bookmark;
  private final Map<String, Long> lastRevisions = new HashMap<>();
  private final Map<String, Long> atAnchor = new HashMap<>(); // of keys changed without an id since
  private boolean filling;

  StreamCheck(WatchHistory history, Optional<Span> span, Findings findings) {
    super(history, findings);
    this.filter = history.request().filter();
    this.span = span;
    this.ofAStream = history.isOfAStream();
  }

  @Override
  void connected(@Nullable Position after) {
    if (after != null && after.equals(anchor)) {
      lastRevisions.putAll(atAnchor); // what came without an id comes again
    } else {
      forget();
      last = after;
      anchor = after;
    }
    atAnchor.clear();
    filling = false;
    resumed = after;
    fresh = true;
    voided = false;
  }

  private void forget() {
    heldSince = at;
    anchor = null;
    last = null;
    bookmark = null;
    filling = false;
    lastRevisions.clear();
    atAnchor.clear();
  }

  @Override
  void reset(Reset reset) {
    findings.reset();
    findings.checked(ENDED_WITH_A_REASON);
    Position from = anchor;
    if (from != null && span.isPresent()) {
      boolean sameCluster = from.cluster() == span.get().cluster();
      boolean sameTimeline = span.get().isOf(from);
      if ((reset.reason() == ResetReason.CLUSTER && sameCluster)
          || (reset.reason() != ResetReason.CLUSTER && !sameCluster)
          || (reset.reason() == ResetReason.TIMELINE && sameTimeline)) {
        broken(
            ENDED_WITH_A_REASON,
            "the reason of a reset from " + from + " to be true",
            "reason " + reset.reason().wire() + " in the cluster and timeline of " + span.get());
      }
    }
    voided = true;
    forget();
  }

  @Override
  void malformed(Malformed malformed) {
    broken(malformed.promise(), malformed.expected(), malformed.fault());
  }

  @Override
  void snapshot(Snapshot snapshot) {
    if (ofAStream) {
      findings.checked(ENDED_WITH_A_REASON);
      boolean first = fresh && resumed == null && history.request().snapshot();
      if (!voided && !first) {
        broken(ENDED_WITH_A_REASON, "a reset with its reason before a snapshot", "a snapshot");
      }
    }
    forget();
    voided = false;
    fresh = false;
    anchor = snapshot.position();
    last = snapshot.position();
    if (snapshot.count() != snapshot.items().size()) {
      broken(
          CONVERGENT,
          "a snapshot of " + snapshot.count() + " items, as synced says",
          snapshot.items().size() + " items");
    }
    for (Item item : snapshot.items()) {
      findings.checked(FILTERED);
      if (!filter.matches(item.key())) {
        broken(FILTERED, "keys of " + words(filter), "an item " + describe(item));
      }
      if (lastRevisions.put(item.key(), item.revision()) != null) {
        broken(UNIQUE, "each key once in a snapshot", describe(item) + " again");
      }
    }
  }

  @Override
  void bookmark(Position position) {
    findings.checked(BOOKMARKABLE);
    refuseBeforeSnapshot("a bookmark");
    if (last != null && !position.equals(last) && isUpTo(position, last)) {
      broken(BOOKMARKABLE, "a bookmark at or after " + last, "a bookmark at " + position);
    } else {
      last = position;
      bookmark = position;
    }
    settle(position);
  }

  private void settle(Position position) {
    if (filling) {
      findings.filledGap();
      filling = false;
    }
    anchor = position;
    atAnchor.clear();
    fresh = false;
  }

  private void refuseBeforeSnapshot(String what) {
    boolean foreign =
        fresh && resumed != null && span.isPresent() && resumed.cluster() != span.get().cluster();
    if (foreign) {
      broken(ENDED_WITH_A_REASON, "a reset, since " + resumed + " is of another cluster", what);
      fresh = false; // says it once
    } else if (voided) {
      broken(ENDED_WITH_A_REASON, "a snapshot after a reset", what);
      voided = false; // says it once
    } else if (ofAStream && fresh && resumed == null && history.request().snapshot()) {
      broken(RELIABLE, "a snapshot first, since no position was given", what);
      fresh = false;
    }
  }

  @Override
  void committed(Commit commit) {
    findings.checked(ORDERED);
    findings.changes(commit.changes().size());
    refuseBeforeSnapshot("a commit");
    for (Change change : commit.changes()) {
      checkFilter(change);
    }
    Position position = commit.position();
    if (position == null) {
      filling |= ofAStream;
      checkRows(commit);
      return;
    }
    if (ofAStream && fresh && resumed == null && !history.request().snapshot()) {
      broken(BOOKMARKABLE, "a bookmark first, to say where the stream begins", say(commit));
    }
    findings.checked(BOOKMARKABLE);
    if (isUpTo(position, last)) {
      nameRepetition(commit, position);
      fresh = false;
      return;
    }
    checkRows(commit);
    last = position;
    settle(position);
  }

  private void checkFilter(Change change) {
    findings.checked(FILTERED);
    if (!filter.matches(change.op(), change.item().key())) {
      broken(FILTERED, "changes of " + words(filter), describe(change.item()));
    }
    if ((change.prev() != null) != filter.prev()) {
      broken(
          FILTERED,
          filter.prev() ? "what the key held before" : "not what the key held before",
          describe(change.item()) + (filter.prev() ? " without" : " with"));
    }
  }

  /** A commit came at or before where the client already was. */
  private void nameRepetition(Commit commit, Position position) {
    String expected = "a commit after " + last;
    if (isUpTo(position, resumed)) {
      broken(RESUMABLE, "changes after " + resumed + ", where it began", say(commit));
      return;
    }
    Optional<Commit> earlier = earlier(other -> position.equals(other.position()));
    if (earlier.isPresent()) {
      boolean again =
          commit.changes().stream().anyMatch(c -> has(earlier.get(), c.item().revision()));
      broken(
          again ? UNIQUE : ATOMIC,
          again ? expected : "all of a transaction in one event",
          say(commit) + " a second time");
    } else if (isUpTo(position, bookmark)) {
      broken(BOOKMARKABLE, "nothing at or before the bookmark " + bookmark, say(commit));
    } else {
      broken(ORDERED, expected, say(commit));
    }
  }

  private void checkRows(Commit commit) {
    for (Change change : commit.changes()) {
      findings.checked(UNIQUE);
      String key = change.item().key();
      long revision = change.item().revision();
      Long before = lastRevisions.get(key);
      if (before != null && revision <= before) {
        boolean again = revision == before || earlier(c -> has(c, revision)).isPresent();
        broken(
            again ? UNIQUE : ORDERED,
            key + " above rev=" + before,
            describe(change.item()) + (again ? " a second time" : ""));
        continue;
      }
      lastRevisions.put(key, revision);
      if (commit.position() == null) {
        atAnchor.putIfAbsent(key, before == null ? 0 : before);
      }
    }
  }

  private Optional<Commit> earlier(Predicate<Commit> wanted) {
    for (int i = heldSince; i < at; i++) {
      if (history.steps().get(i) instanceof Committed committed
          && wanted.test(committed.commit())) {
        return Optional.of(committed.commit());
      }
    }
    return Optional.empty();
  }

  @Override
  void ended() {
    findings.checked(ENDED_WITH_A_REASON, 0); // so that it stands in the report
  }

  private static String say(Commit commit) {
    List<Item> rows = new ArrayList<>();
    commit.changes().forEach(change -> rows.add(change.item()));
    return "the commit "
        + (commit.position() == null ? "without position" : "at " + commit.position())
        + ": "
        + describe(rows);
  }

  private static String words(Filter filter) {
    return "prefixes %s, keys %s, ops %s".formatted(filter.prefixes(), filter.keys(), filter.ops());
  }
}
