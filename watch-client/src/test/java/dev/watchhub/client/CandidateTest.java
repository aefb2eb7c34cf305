package dev.watchhub.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.client.Candidate.Verdict;
import dev.watchhub.client.News.Gone;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a source that is to take over knows, compared with what was told. */
final class CandidateTest {
  private final FoldGuard told = new FoldGuard();
  private final Candidate candidate = new Candidate(told);

  private static Item row(String key, long revision) {
    return new Item(key, "v" + revision, revision, 1, 1, 1, null, null);
  }

  private static Item tombstone(String key, long revision) {
    return new Item(key, null, revision, 1, 0, 1, null, null);
  }

  private static Position position(int timeline, long lsn) {
    return new Position(7, timeline, new Lsn(lsn));
  }

  private static Extent hubAt(long lsn) {
    return Extent.exactly(position(1, lsn));
  }

  private static Extent databaseAt(long lsn) {
    return Extent.within(position(1, lsn), "token");
  }

  private static Commit commit(Item... rows) {
    return new Commit(null, null, List.of(rows).stream().map(Change::of).toList());
  }

  private void candidateStartsWith(Extent extent, Gone gone, Item... rows) {
    candidate.hear(new News.Everything(List.of(rows), extent, gone));
  }

  private void candidateSays(Item... rows) {
    candidate.hear(new News.Changed(commit(rows), null, true));
  }

  private void tell(Item... rows) {
    candidate.toldAlso(told.admit(commit(rows).changes()));
  }

  private List<String> difference() {
    return candidate.difference(1).stream()
        .map(change -> change.op().wire() + change.item().key() + change.item().revision())
        .toList();
  }

  @Test
  void waitsUntilTheActiveHubHasPassedItsSnapshot() {
    told.replace(List.of(row("/a", 1)));
    candidateStartsWith(databaseAt(20), Gone.UNKNOWN, row("/a", 1));
    assertThat(candidate.hasReached()).isTrue();
    assertThat(candidate.isPassed(hubAt(19), false)).as("it may have more to tell").isFalse();
    assertThat(candidate.isPassed(hubAt(20), false)).isTrue();
    assertThat(candidate.isPassed(databaseAt(20), false)).as("no lower bound").isFalse();
  }

  @Test
  void waitsForAnAnswerThatTheDatabaseWasAskedForAfterItsSnapshot() {
    candidateStartsWith(hubAt(20), Gone.UNKNOWN);
    tell();
    assertThat(candidate.isPassed(databaseAt(90), true)).isFalse();
    tell();
    assertThat(candidate.isPassed(databaseAt(90), true)).isTrue();
  }

  @Test
  void waitsUntilItsOwnSnapshotWasTold() {
    told.replace(List.of(row("/a", 1)));
    candidateStartsWith(databaseAt(20), Gone.UNKNOWN, row("/a", 3), row("/b", 2));
    assertThat(candidate.isPassed(hubAt(20), false)).isFalse();
    tell(row("/a", 3));
    assertThat(candidate.isPassed(hubAt(20), false)).isFalse();
    tell(row("/b", 2));
    assertThat(candidate.isPassed(hubAt(20), false)).isTrue();
    assertThat(candidate.hasReached()).isTrue();
  }

  @Test
  void hasReachedWhatWasToldOnlyKeyByKey() {
    told.replace(List.of(row("/a", 1), row("/gone", 2)));
    candidateStartsWith(databaseAt(20), Gone.UNKNOWN, row("/a", 1));
    assertThat(candidate.hasReached()).as("/gone is live by what was told").isFalse();
    tell(tombstone("/gone", 4), row("/new", 5));
    assertThat(candidate.hasReached()).isFalse();
    candidateSays(row("/new", 5), row("/new", 6));
    assertThat(candidate.hasReached()).isTrue();
    assertThat(candidate.beyond()).hasSize(1);
    tell(row("/new", 6));
    assertThat(candidate.beyond()).isEmpty();
    tell(tombstone("/a", 7));
    assertThat(candidate.hasReached()).as("it still has /a").isFalse();
    candidateSays(tombstone("/a", 7));
    assertThat(candidate.hasReached()).isTrue();
  }

  @Test
  void startsAnewWhenItsSourceDoes() {
    candidateStartsWith(databaseAt(20), Gone.UNKNOWN, row("/a", 1));
    candidate.hear(new News.StartingOver("expired"));
    assertThat(candidate.isSynced()).isFalse();
    assertThat(candidate.verdict(hubAt(1))).isEqualTo(Verdict.BEHIND);
    candidateStartsWith(databaseAt(30), Gone.UNKNOWN, row("/b", 2));
    assertThat(candidate.live()).extracting(Item::key).containsExactly("/b");
  }

  @Test
  void takesTombstonesForEvidenceAfterALoss() {
    told.replace(List.of(row("/a", 1), row("/gone", 2)));
    Gone gone = new Gone(List.of(tombstone("/gone", 4), tombstone("/never told", 3)), 0);
    candidateStartsWith(databaseAt(20), gone, row("/a", 5), row("/new", 6));
    assertThat(candidate.verdict(hubAt(19))).isEqualTo(Verdict.AHEAD);
    assertThat(difference()).containsExactly("delete/gone4", "put/a5", "put/new6");
  }

  @Test
  void takesACompactionForEvidenceAfterALossOnlyBelowIt() {
    told.replace(List.of(row("/gone", 5)));
    candidateStartsWith(databaseAt(20), new Gone(List.of(), 5));
    assertThat(candidate.verdict(hubAt(19)))
        .as("a row that is not visible yet")
        .isEqualTo(Verdict.BEHIND);
    candidateStartsWith(databaseAt(20), new Gone(List.of(), 6));
    assertThat(candidate.verdict(hubAt(19))).isEqualTo(Verdict.AHEAD);
    assertThat(difference()).containsExactly("delete/gone6");
  }

  @Test
  void takesAHubForCompleteWhereItHasPassedWhatTheDatabaseSaid() {
    told.replace(List.of(row("/gone", 5)));
    candidateStartsWith(hubAt(20), Gone.UNKNOWN);
    assertThat(candidate.verdict(databaseAt(21))).isEqualTo(Verdict.BEHIND);
    candidate.hear(new News.UpToDate(hubAt(21)));
    assertThat(candidate.verdict(databaseAt(21))).isEqualTo(Verdict.AHEAD);
  }

  @Test
  void doesNotGoBackBehindWhatALostOneHasTold() {
    told.replace(List.of(row("/a", 5)));
    candidateStartsWith(databaseAt(20), new Gone(List.of(), 100), row("/a", 4));
    assertThat(candidate.verdict(hubAt(19))).isEqualTo(Verdict.BEHIND);
    candidateSays(row("/a", 5), row("/a", 6));
    assertThat(candidate.verdict(hubAt(19))).isEqualTo(Verdict.AHEAD);
    assertThat(difference()).containsExactly("put/a6");
  }

  @Test
  void knowsAnotherTimelineFromItsOwn() {
    told.replace(List.of(row("/a", 50)));
    Extent promoted = Extent.within(position(2, 20), "token");
    candidateStartsWith(promoted, Gone.UNKNOWN, row("/a", 4));
    assertThat(candidate.verdict(hubAt(30))).isEqualTo(Verdict.NEWER_TIMELINE);
    candidateStartsWith(hubAt(30), Gone.UNKNOWN, row("/a", 60));
    assertThat(candidate.verdict(promoted)).isEqualTo(Verdict.BEHIND);
  }
}
