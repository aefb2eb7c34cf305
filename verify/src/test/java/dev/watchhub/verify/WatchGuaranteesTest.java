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
import static dev.watchhub.verify.Story.after;
import static dev.watchhub.verify.Story.between;
import static dev.watchhub.verify.Story.delete;
import static dev.watchhub.verify.Story.history;
import static dev.watchhub.verify.Story.item;
import static dev.watchhub.verify.Story.put;
import static dev.watchhub.verify.Story.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Change.Prev;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchStep.Bookmark;
import dev.watchhub.verify.WatchStep.Committed;
import dev.watchhub.verify.WatchStep.Connected;
import dev.watchhub.verify.WatchStep.Malformed;
import dev.watchhub.verify.WatchStep.Reset;
import dev.watchhub.verify.WatchStep.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Streams that break one promise each, by hand, and what the checker says of them. */
final class WatchGuaranteesTest {
  private static final Filter ALL = Filter.prefix("/");
  private static final Filter A = Filter.prefix("/a/");

  /** Every commit touches /a/, so that all are due under both filters; the 5th also /b/. */
  private final Story story =
      new Story()
          .commit(put("/a/1", "one"))
          .commit(put("/a/2", "two"), put("/a/1", "one again"))
          .commit(put("/a/3", "three"))
          .commit(delete("/a/2"))
          .commit(put("/b/1", "b"), put("/a/4", "four"))
          .commit(put("/a/5", "five"))
          .commit(delete("/a/1"), put("/a/3", "three again"));

  // The stream from the beginning: 0 connected, 1 snapshot, 2 to 8 commits 1 to 7, 9 bookmark.
  private final List<WatchStep> steps = story.stream(0, ALL);

  private Report check(WatchHistory history) {
    return WatchGuarantees.check(story.truth(), List.of(history));
  }

  private Report check() {
    return check(history(ALL, steps).with(Trait.UNTIL_END));
  }

  private static void assertBroken(Report report, Promise first, Promise... consequences) {
    assertThat(report.violations()).as("%s", report.violations()).isNotEmpty();
    assertThat(report.violations().get(0).promise()).as("%s", report.violations()).isEqualTo(first);
    Set<Promise> allowed = new java.util.HashSet<>(List.of(consequences));
    allowed.add(first);
    assertThat(report.violations()).allMatch(violation -> allowed.contains(violation.promise()));
  }

  @Test
  void findsNothingInAStreamThatIsRight() {
    Report report = check();
    assertThat(report.violations()).isEmpty();
    assertThat(report.checked(ORDERED)).isEqualTo(7);
    assertThat(report.checked(UNIQUE)).isEqualTo(10);
    assertThat(report.checked(CONVERGENT)).isEqualTo(2);
    assertThat(report.changes()).isEqualTo(10);
  }

  @Test
  void namesADroppedCommit() {
    steps.remove(5);
    Report report = check();
    assertBroken(report, RELIABLE, CONVERGENT);
    assertThat(report.violations().get(0))
        .hasToString(
            "RELIABLE is broken at event 5 of client: expected the commit at 0/10190 (xid 1003): "
                + "delete /a/2 rev=5; came a commit after it");
  }

  @Test
  void namesTheFirstCommitDroppedAfterASnapshot() {
    steps.remove(2);
    assertBroken(check(), RELIABLE);
  }

  @Test
  void namesALastCommitThatNeverCame() {
    steps.subList(8, 10).clear();
    assertBroken(check(), RELIABLE, CONVERGENT);
  }

  @Test
  void namesACommitThatABookmarkPassedOver() {
    steps.remove(8);
    assertBroken(check(), RELIABLE, CONVERGENT);
  }

  @Test
  void namesARepeatedCommit() {
    steps.add(5, steps.get(4));
    assertBroken(check(), UNIQUE);
  }

  @Test
  void namesACommitRepeatedLater() {
    steps.add(8, steps.get(3));
    assertBroken(check(), UNIQUE, CONVERGENT);
  }

  @Test
  void namesASwapOfCommits() {
    Collections.swap(steps, 6, 7);
    assertBroken(check(), ORDERED);
  }

  @Test
  void namesASwapOfWhatCommitsCarry() {
    steps.set(6, told(after(5), story.rows(6), ALL));
    steps.set(7, told(after(6), story.rows(5), ALL));
    assertBroken(check(), ORDERED);
  }

  @Test
  void namesASwapOfTheCommitsOfAKey() {
    Collections.swap(steps, 2, 3);
    assertBroken(check(), ORDERED, CONVERGENT);
  }

  @Test
  void namesRowsInTheWrongOrder() {
    List<Item> rows = new ArrayList<>(story.rows(5));
    Collections.reverse(rows);
    steps.set(6, told(after(5), rows, ALL));
    assertBroken(check(), ORDERED);
  }

  @Test
  void namesASplitTransaction() {
    steps.set(6, told(after(5), story.rows(5).subList(0, 1), ALL));
    steps.add(7, told(after(5), story.rows(5).subList(1, 2), ALL));
    assertBroken(check(), ATOMIC);
  }

  @Test
  void namesATransactionSplitOverTwoPositions() {
    steps.set(6, told(between(4), story.rows(5).subList(0, 1), ALL));
    steps.add(7, told(after(5), story.rows(5).subList(1, 2), ALL));
    assertBroken(check(), ATOMIC);
  }

  @Test
  void namesMergedTransactions() {
    List<Item> rows = new ArrayList<>(story.rows(5));
    rows.addAll(story.rows(6));
    steps.set(7, told(after(6), rows, ALL));
    steps.remove(6);
    assertBroken(check(), ATOMIC);
  }

  @Test
  void namesALateBookmark() {
    steps.add(6, new Bookmark(after(5)));
    assertBroken(check(), BOOKMARKABLE);
  }

  @Test
  void namesABookmarkThatGoesBack() {
    steps.add(8, new Bookmark(after(2)));
    assertBroken(check(), BOOKMARKABLE);
  }

  @Test
  void namesAChangeThatWasNotAskedFor() {
    List<WatchStep> narrow = story.stream(0, A);
    narrow.set(6, steps.get(6));
    assertBroken(check(history(A, narrow)), FILTERED, CONVERGENT);
  }

  @Test
  void namesACommitOfWhichNothingWasAskedFor() {
    Filter b = Filter.prefix("/b/");
    List<WatchStep> narrow = story.stream(0, b);
    narrow.add(2, steps.get(4));
    assertBroken(check(history(b, narrow)), FILTERED, CONVERGENT);
  }

  @Test
  void namesADeletionWhereOnlyPutsWereAskedFor() {
    Filter puts = Story.puts("/");
    List<WatchStep> narrow = story.stream(0, puts);
    assertThat(check(history(puts, narrow)).violations()).isEmpty();
    narrow.add(5, steps.get(5));
    assertBroken(check(history(puts, narrow)), FILTERED);
  }

  @Test
  void namesAnItemOfASnapshotThatWasNotAskedFor() {
    List<WatchStep> narrow = story.stream(7, A);
    narrow.set(1, story.snapshot(7, ALL));
    assertBroken(check(history(A, narrow)), FILTERED, CONVERGENT);
  }

  @Test
  void namesAMissedDeletionInATransaction() {
    steps.set(8, told(after(7), story.rows(7).subList(1, 2), ALL));
    assertBroken(check(), ATOMIC, CONVERGENT);
  }

  @Test
  void namesAMissedDeletion() {
    steps.remove(5);
    assertBroken(check(), RELIABLE, CONVERGENT);
  }

  @Test
  void namesAWrongValue() {
    steps.set(4, told(after(3), List.of(item("/a/3", "drei", 4)), ALL));
    assertBroken(check(), RELIABLE);
  }

  @Test
  void namesAWrongValueThatStays() {
    steps.set(7, told(after(6), List.of(item("/a/5", "cinq", 8)), ALL));
    assertBroken(check(), RELIABLE, CONVERGENT);
  }

  @Test
  void namesARowThatNeverWas() {
    steps.add(5, told(between(3), List.of(item("/a/9", "x", 99)), ALL));
    assertBroken(check(), RELIABLE, CONVERGENT);
  }

  @Test
  void namesASnapshotThatLacksAKey() {
    List<WatchStep> late = story.stream(6, ALL);
    List<Item> items = new ArrayList<>(story.snapshot(6, ALL).items());
    items.remove(items.size() - 1);
    late.set(1, new Snapshot(after(6), items.size(), items));
    assertBroken(check(history(ALL, late)), CONVERGENT);
  }

  @Test
  void namesASnapshotWithADeletedKey() {
    List<WatchStep> late = story.stream(4, ALL);
    late.set(1, new Snapshot(after(4), 3, story.snapshot(3, ALL).items()));
    assertBroken(check(history(ALL, late)), CONVERGENT);
  }

  @Test
  void namesASnapshotThatIsNewerThanItsPosition() {
    List<WatchStep> late = story.stream(2, ALL);
    List<Item> items = story.snapshot(3, ALL).items();
    late.set(1, new Snapshot(after(2), items.size(), items));
    assertBroken(check(history(ALL, late)), CONVERGENT, UNIQUE);
  }

  @Test
  void namesASnapshotOfAnotherSizeThanItSays() {
    List<WatchStep> late = story.stream(3, ALL);
    late.set(1, new Snapshot(after(3), 9, story.snapshot(3, ALL).items()));
    assertBroken(check(history(ALL, late)), CONVERGENT);
  }

  private WatchHistory resumed(Position since, List<WatchStep> then) {
    List<WatchStep> all = new ArrayList<>(List.of(new Connected(since)));
    all.addAll(then);
    return new WatchHistory(WatchRequest.after("client", ALL, since), Set.of(Trait.UNTIL_END), all);
  }

  @Test
  void findsNothingInAStreamThatWasResumedRight() {
    assertThat(check(resumed(after(3), story.commits(3, 7, ALL))).violations()).isEmpty();
    assertThat(check(resumed(between(3), story.commits(3, 7, ALL))).violations()).isEmpty();
    assertThat(check(resumed(after(7), List.of(new Bookmark(after(7))))).violations()).isEmpty();
  }

  @Test
  void namesAStreamThatWasResumedOneTooLate() {
    assertBroken(check(resumed(after(3), story.commits(4, 7, ALL))), RESUMABLE, CONVERGENT);
    assertBroken(check(resumed(between(3), story.commits(4, 7, ALL))), RESUMABLE, CONVERGENT);
  }

  @Test
  void namesAStreamThatWasResumedOneTooEarly() {
    assertBroken(check(resumed(after(3), story.commits(2, 7, ALL))), RESUMABLE);
    assertBroken(check(resumed(between(3), story.commits(2, 7, ALL))), RESUMABLE);
  }

  @Test
  void namesAReconnectionThatRepeatsOrLeavesOutACommit() {
    steps.add(5, new Connected(after(3)));
    assertThat(check().violations()).isEmpty();
    WatchStep fourth = steps.remove(6);
    assertBroken(check(), RESUMABLE, CONVERGENT);
    steps.add(6, fourth);
    steps.add(6, steps.get(4));
    assertBroken(check(), RESUMABLE);
  }

  @Test
  void namesASnapshotThatNoResetAnnounced() {
    steps.add(5, story.snapshot(3, ALL));
    assertBroken(check(), ENDED_WITH_A_REASON);
    steps.add(5, new Reset(ResetReason.LAGGED));
    assertThat(check().violations()).isEmpty();
  }

  @Test
  void namesAStreamThatGoesOnAfterAReset() {
    steps.add(5, new Reset(ResetReason.EXPIRED));
    assertBroken(check(), ENDED_WITH_A_REASON);
  }

  @Test
  void namesAReasonThatIsNotTrue() {
    steps.add(5, story.snapshot(3, ALL));
    steps.add(5, new Reset(ResetReason.TIMELINE));
    assertBroken(check(), ENDED_WITH_A_REASON);
  }

  @Test
  void namesWhatIsNoEvent() {
    steps.add(5, new Malformed(ENDED_WITH_A_REASON, "a known reason", "another word"));
    assertBroken(check(), ENDED_WITH_A_REASON);
  }

  @Test
  void voidsWhatWasHeldAtAReset() {
    // The snapshot still has the key that commit 4 deleted: a client that kept nothing ends wrong.
    steps.subList(5, 10).clear();
    steps.add(new Reset(ResetReason.LAGGED));
    steps.add(new Snapshot(after(7), 5, story.snapshot(3, ALL).items()));
    assertBroken(check(), CONVERGENT);
  }

  @Test
  void namesAStreamWithoutTheSnapshotThatItShouldBeginWith() {
    steps.remove(1);
    assertBroken(check(), RELIABLE);
  }

  private WatchHistory withoutSnapshot(List<WatchStep> then) {
    return new WatchHistory(
        new WatchRequest("client", ALL, null, false), Set.of(Trait.UNTIL_END), then);
  }

  @Test
  void checksAStreamThatBeginsWithABookmark() {
    List<WatchStep> all = new ArrayList<>(List.of(new Connected(null), new Bookmark(after(3))));
    all.addAll(story.commits(3, 7, ALL));
    assertThat(check(withoutSnapshot(all)).violations()).isEmpty();
    all.remove(2);
    assertBroken(check(withoutSnapshot(all)), RELIABLE, CONVERGENT);
    all.remove(1);
    assertBroken(check(withoutSnapshot(all)), BOOKMARKABLE);
  }

  // A gap that was filled from the table: commits without a position, then one with another.

  private static WatchStep withoutPosition(WatchStep told) {
    Committed committed = (Committed) told;
    return new Committed(new Commit(null, null, committed.commit().changes()));
  }

  private void fillGap() {
    WatchStep third = withoutPosition(steps.get(4));
    WatchStep fourth = withoutPosition(steps.get(5));
    steps.set(4, fourth); // another order between keys
    steps.set(5, third);
    steps.set(6, told(between(5), story.rows(5), ALL));
  }

  @Test
  void findsNothingInAGapThatWasFilledInAnOrderOfTheLocks() {
    fillGap();
    Report report = check();
    assertThat(report.violations()).isEmpty();
    assertThat(report.filledGaps()).isEqualTo(1);
  }

  @Test
  void findsNothingWhenAFilledGapComesAgainAfterACut() {
    fillGap();
    steps.add(6, steps.get(5));
    steps.add(6, steps.get(4));
    steps.add(6, new Connected(after(2)));
    assertThat(check().violations()).isEmpty();
    steps.remove(6);
    assertBroken(check(), UNIQUE);
  }

  @Test
  void namesARowThatAFilledGapLeftOut() {
    fillGap();
    steps.remove(5);
    assertBroken(check(), RELIABLE);
  }

  @Test
  void namesATransactionSplitInAFilledGap() {
    steps.set(6, withoutPosition(told(after(5), story.rows(5).subList(0, 1), ALL)));
    steps.add(7, withoutPosition(told(after(5), story.rows(5).subList(1, 2), ALL)));
    assertBroken(check(), ATOMIC);
  }

  @Test
  void namesTheRowsOfAKeyInTheWrongOrderInAFilledGap() {
    WatchStep first = withoutPosition(steps.get(2));
    steps.set(2, withoutPosition(steps.get(3)));
    steps.set(3, first);
    assertBroken(check(), ORDERED, CONVERGENT);
  }

  // Another timeline: not compared, but by itself and once the truth's is reached.

  @Test
  void comparesOnlyWhatIsOfTheTruthsTimeline() {
    Position old = new Position(Story.CLUSTER, 9, after(2).lsn());
    List<WatchStep> two = new ArrayList<>();
    two.add(new Connected(null));
    two.add(new Snapshot(old, 1, List.of(item("/a/lost", "x", 50))));
    two.add(told(old.at(after(5).lsn()), List.of(item("/a/lost", "y", 51)), ALL));
    two.add(new Reset(ResetReason.TIMELINE));
    two.add(story.snapshot(3, ALL));
    two.addAll(story.commits(3, 7, ALL));
    assertThat(check(history(ALL, two)).violations()).isEmpty();
    two.add(3, two.get(2));
    assertBroken(check(history(ALL, two)), UNIQUE);
    two.remove(3);
    two.remove(6);
    assertBroken(check(history(ALL, two)), RELIABLE, CONVERGENT);
  }

  @Test
  void comparesNothingThatAFailoverHasVoidedWithATable() {
    List<WatchStep> two = new ArrayList<>();
    two.add(new Connected(null));
    two.add(new Snapshot(after(1), 1, List.of(item("/a/lost", "x", 50))));
    two.add(told(after(2), List.of(item("/a/lost", "y", 51)), ALL));
    two.add(new Connected(after(2)));
    two.add(new Reset(ResetReason.TIMELINE));
    two.add(story.snapshot(3, ALL));
    two.addAll(story.commits(3, 7, ALL));
    assertThat(checkPoorly(two).violations()).isEmpty();
    two.set(4, new Reset(ResetReason.EXPIRED));
    assertBroken(checkPoorly(two), CONVERGENT, RELIABLE);
  }

  @Test
  void namesAWrongPreviousValue() {
    Filter prev = new Filter(Set.of("/"), Set.of(), Set.of(Change.Op.values()), true);
    List<WatchStep> all = new ArrayList<>(List.of(new Connected(null), story.snapshot(2, prev)));
    all.add(withPrev(3, new Prev(null, 0, true)));
    all.add(withPrev(4, new Prev("two", 2, true)));
    assertThat(check(history(prev, all)).violations()).isEmpty();
    all.set(3, withPrev(4, new Prev("zwei", 2, true)));
    assertBroken(check(history(prev, all)), RELIABLE);
    all.set(3, withPrev(4, new Prev(null, 0, false)));
    assertThat(check(history(prev, all)).violations()).isEmpty();
    all.set(3, story.told(4, prev));
    assertBroken(check(history(prev, all)), FILTERED);
  }

  private WatchStep withPrev(int number, Prev prev) {
    Item row = story.rows(number).get(0);
    Change change = new Change(Change.of(row).op(), row, prev);
    return new Committed(new Commit(after(number), null, List.of(change)));
  }

  @Test
  void namesAStreamOfAnotherClusterThatWentOnWithoutAReset() {
    Position foreign = new Position(Story.CLUSTER + 1, 1, after(3).lsn());
    assertBroken(check(resumed(foreign, story.commits(3, 7, ALL))), ENDED_WITH_A_REASON);
    List<WatchStep> reset = new ArrayList<>();
    reset.add(new Reset(ResetReason.CLUSTER));
    reset.add(story.snapshot(3, ALL));
    reset.addAll(story.commits(3, 7, ALL));
    assertThat(check(resumed(foreign, reset)).violations()).isEmpty();
    reset.set(0, new Reset(ResetReason.EXPIRED));
    assertBroken(check(resumed(foreign, reset)), ENDED_WITH_A_REASON);
  }

  // A poorer truth: the order is known within a key only.

  private Report checkPoorly(List<WatchStep> told, Trait... traits) {
    WatchHistory history = history(ALL, told).with(Trait.UNTIL_END);
    for (Trait trait : traits) {
      history = history.with(trait);
    }
    return WatchGuarantees.check(story.poorTruth(), List.of(history));
  }

  @Test
  void checksAStreamAgainstATableToo() {
    assertThat(checkPoorly(steps).violations()).isEmpty();
    steps.remove(3);
    assertBroken(checkPoorly(steps), RELIABLE, CONVERGENT);
  }

  @Test
  void namesASplitAndAWrongValueAgainstATable() {
    List<WatchStep> split = new ArrayList<>(steps);
    split.set(6, told(after(5), story.rows(5).subList(0, 1), ALL));
    assertBroken(checkPoorly(split), ATOMIC, RELIABLE, CONVERGENT);
    steps.set(4, told(after(3), List.of(item("/a/3", "drei", 4)), ALL));
    assertBroken(checkPoorly(steps), RELIABLE);
  }

  /** What a watcher tells, which says nothing of positions. */
  private List<WatchStep> merged(int... ends) {
    List<WatchStep> told = new ArrayList<>(List.of(new Snapshot(null, 0, List.of())));
    int from = 0;
    for (int end : ends) {
      List<Change> changes = new ArrayList<>();
      for (int i = from + 1; i <= end; i++) {
        story.rows(i).forEach(row -> changes.add(Change.of(row)));
      }
      told.add(new Committed(new Commit(null, null, changes)));
      from = end;
    }
    return told;
  }

  @Test
  void takesManyTransactionsAsOneFromAWatcherThatMerges() {
    List<WatchStep> told = merged(1, 4, 7);
    assertThat(checkPoorly(told, Trait.MERGED, Trait.FROM_BASE).violations()).isEmpty();
    assertBroken(checkPoorly(told, Trait.FROM_BASE), ATOMIC);
  }

  @Test
  void namesWhatAMergingWatcherMissedRepeatedOrSplit() {
    List<WatchStep> missed = merged(1, 4, 7);
    missed.remove(2);
    assertBroken(checkPoorly(missed, Trait.MERGED, Trait.FROM_BASE), RELIABLE, CONVERGENT);
    List<WatchStep> repeated = merged(1, 4, 7);
    repeated.add(repeated.get(3));
    assertBroken(checkPoorly(repeated, Trait.MERGED, Trait.FROM_BASE), UNIQUE);
    List<WatchStep> split = merged(1, 4, 7);
    List<Change> last = ((Committed) split.remove(3)).commit().changes();
    split.add(new Committed(new Commit(null, null, last.subList(0, 1))));
    split.add(new Committed(new Commit(null, null, last.subList(1, last.size()))));
    assertBroken(checkPoorly(split, Trait.MERGED, Trait.FROM_BASE), ATOMIC);
  }

  @Test
  void namesAMissedKeyThatCameAndWentWhenTheWatchBeganBeforeIt() {
    Story brief = new Story().commit(put("/a/1", "x")).commit(delete("/a/1"));
    WatchHistory deaf =
        history(ALL, List.of(new Snapshot(null, 0, List.of()))).with(Trait.UNTIL_END);
    assertThat(WatchGuarantees.check(brief.poorTruth(), List.of(deaf)).violations()).isEmpty();
    assertBroken(
        WatchGuarantees.check(brief.poorTruth(), List.of(deaf.with(Trait.FROM_BASE))), RELIABLE);
  }
}
