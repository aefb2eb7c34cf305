package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.log.Transaction;
import dev.watchhub.hub.replication.TableSnapshot.Written;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GapFillTest {
  private static final Position TO = new Position(9, 1, new Lsn(500));

  private static Item item(String key, @Nullable String value, long revision, long version) {
    return new Item(key, value, revision, revision, version, 0, null, null);
  }

  private static Written put(long xid, String key, long revision, long prev) {
    Item item = item(key, "v" + revision, revision, prev == 0 ? 1 : 2);
    return new Written(xid, new Row(item, prev, false));
  }

  private static Written delete(long xid, String key, long revision, long prev) {
    return new Written(xid, new Row(item(key, null, revision, 0), prev, false));
  }

  private static Image image(Item... items) {
    return Image.of(List.of(items));
  }

  @Test
  void putsTransactionsInTheOrderOfTheirHighestRevisions() {
    GapFill gap =
        GapFill.of(
            image(item("/a", "v1", 1, 1)),
            List.of(
                put(20, "/b", 2, 0), put(10, "/a", 3, 1), put(20, "/c", 4, 0), put(30, "/a", 5, 3)),
            false,
            image(item("/a", "v5", 5, 2), item("/b", "v2", 2, 1), item("/c", "v4", 4, 1)),
            TO);
    assertThat(gap.missed()).extracting(Transaction::xid).containsExactly(10L, 20L, 30L);
    assertThat(gap.missed().get(1).rows()).hasSize(2);
    assertThat(gap.missed()).allMatch(transaction -> transaction.position().equals(TO));
    assertThat(gap.broken()).isEmpty();
  }

  @Test
  void followsAKeyThroughItsDeletion() {
    GapFill gap =
        GapFill.of(
            image(item("/a", "v1", 1, 1)),
            List.of(delete(10, "/a", 2, 1), put(11, "/b", 3, 0), delete(12, "/b", 4, 3)),
            false,
            Image.EMPTY,
            TO);
    assertThat(gap.missed()).hasSize(3);
    assertThat(gap.broken()).isEmpty();
  }

  @Test
  void namesTheKeysWhoseRowsAreGone() {
    Item skipped = item("/skipped", "v9", 9, 2);
    GapFill gap =
        GapFill.of(
            image(
                item("/whole", "v1", 1, 1),
                item("/middle", "v2", 2, 1),
                item("/removed", "v3", 3, 1),
                item("/skipped", "v4", 4, 1)),
            List.of(put(10, "/middle", 8, 6)),
            false,
            image(item("/whole", "v1", 1, 1), item("/middle", "v8", 8, 2), skipped),
            TO);
    assertThat(gap.broken()).containsOnlyKeys("/middle", "/removed", "/skipped");
    assertThat(gap.broken().get("/removed")).isEmpty();
    assertThat(gap.broken().get("/skipped")).contains(skipped);
  }

  @Test
  void namesAKeyThatWasDeletedInTheGapAndIsAliveInTheTable() {
    Item live = item("/a", "v7", 7, 1);
    GapFill gap =
        GapFill.of(
            image(item("/a", "v1", 1, 1)), List.of(delete(10, "/a", 2, 1)), false, image(live), TO);
    assertThat(gap.broken()).containsOnlyKeys("/a");
  }

  @Test
  void trustsNoBeginningWhenCompactionTookRowsThatWereNotRead() {
    Item back = item("/back", "v9", 9, 1);
    Item goesOn = item("/goes-on", "v5", 5, 2);
    Image held = image(item("/goes-on", "v2", 2, 1));
    List<Written> unseen = List.of(put(10, "/goes-on", 5, 2), put(11, "/back", 9, 0));
    assertThat(GapFill.of(held, unseen, false, image(back, goesOn), TO).broken()).isEmpty();
    assertThat(GapFill.of(held, unseen, true, image(back, goesOn), TO).broken())
        .containsOnlyKeys("/back");
  }
}
