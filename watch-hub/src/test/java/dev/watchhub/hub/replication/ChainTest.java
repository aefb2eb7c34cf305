package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.log.Row;
import dev.watchhub.protocol.Item;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ChainTest {
  private static final Item LIVE = item("1", 5, 3);
  private static final Item TOMBSTONE = item(null, 5, 0);

  private static Item item(@Nullable String value, long revision, long version) {
    return new Item("/a", value, revision, 1, version, 0, null, null);
  }

  private static Row row(long revision, long version, long prev) {
    return new Row(item("2", revision, version), prev, false);
  }

  @Test
  void goesOnFromTheRowThatIsHeld() {
    assertThat(Chain.continues(LIVE, row(6, 4, 5))).isTrue();
    assertThat(Chain.continues(LIVE, row(8, 5, 6))).isFalse();
    assertThat(Chain.continues(LIVE, row(8, 1, 0))).isFalse();
    assertThat(Chain.continues(LIVE, row(5, 3, 5))).as("it is the same row").isFalse();
  }

  @Test
  void goesOnFromATombstoneThatCompactionMayHaveTaken() {
    assertThat(Chain.continues(TOMBSTONE, row(6, 1, 5))).isTrue();
    assertThat(Chain.continues(TOMBSTONE, row(6, 1, 0))).isTrue();
    assertThat(Chain.continues(TOMBSTONE, row(9, 1, 8))).isFalse();
  }

  @Test
  void beginsWithTheFirstRowOfALife() {
    assertThat(Chain.continues(null, row(6, 1, 0))).isTrue();
    assertThat(Chain.continues(null, row(6, 1, 5))).as("after a forgotten tombstone").isTrue();
    assertThat(Chain.continues(null, row(6, 2, 5))).isFalse();
    Row deletion = new Row(item(null, 6, 0), 5, false);
    assertThat(Chain.continues(null, deletion)).isFalse();
  }

  @Test
  void takesARowThatDoesNotSayWhatWasBeforeUnlessItIsOlder() {
    assertThat(Chain.continues(LIVE, row(6, 1, Row.UNKNOWN))).isTrue();
    assertThat(Chain.continues(null, row(6, 1, Row.UNKNOWN))).isTrue();
    assertThat(Chain.continues(LIVE, row(4, 1, Row.UNKNOWN))).isFalse();
  }
}
