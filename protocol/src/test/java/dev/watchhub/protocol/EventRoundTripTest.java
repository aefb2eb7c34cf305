package dev.watchhub.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one side writes, the other reads. */
final class EventRoundTripTest {
  private static final int ROUNDS = 2000;
  private final RandomEvents random = new RandomEvents(9280);

  private static SseEvent frame(byte[] bytes) {
    try {
      SseReader reader = new SseReader(new ByteArrayInputStream(bytes), 1 << 20);
      SseEvent event = reader.next().orElseThrow();
      assertThat(reader.next()).as("one event and nothing else").isEmpty();
      return event;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertReads(byte[] bytes, @Nullable String id, WatchEvent expected) {
    SseEvent event = frame(bytes);
    assertThat(event.id()).isEqualTo(id);
    assertThat(EventJson.event(event.name(), event.data())).isEqualTo(expected);
  }

  @Test
  void readsEveryCommitThatIsWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      Position position = random.coin() ? random.position() : null;
      Instant time = random.coin() ? random.time() : null;
      List<Change> changes = random.changes(1);
      assertReads(
          CommitFrame.encode(position, time, changes).bytes(),
          position == null ? null : position.toString(),
          new WatchEvent.Committed(new Commit(position, time, changes)));
    }
  }

  @Test
  void cutsTheSameCommitThatItWouldWriteAnew() {
    for (int i = 0; i < ROUNDS; i++) {
      Position position = random.coin() ? random.position() : null;
      Instant time = random.coin() ? random.time() : null;
      List<Change> changes = random.changes(1);
      List<Change> some = new ArrayList<>();
      List<Change> withPrev = new ArrayList<>();
      List<Change.Prev> prevs = new ArrayList<>();
      int[] indexes = indexes(changes.size());
      for (int index : indexes) {
        Change change = changes.get(index);
        Change.Prev prev = random.prev();
        some.add(change);
        prevs.add(prev);
        withPrev.add(new Change(change.op(), change.item(), prev));
      }
      CommitFrame whole = CommitFrame.encode(position, time, changes);
      assertThat(text(whole.only(indexes)))
          .isEqualTo(text(CommitFrame.encode(position, time, some).bytes()));
      byte[] cut = whole.only(indexes, prevs);
      assertThat(text(cut)).isEqualTo(text(CommitFrame.encode(position, time, withPrev).bytes()));
      assertReads(
          cut,
          position == null ? null : position.toString(),
          new WatchEvent.Committed(new Commit(position, time, withPrev)));
    }
  }

  /** Some of them, rising, at least one. */
  private int[] indexes(int count) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (random.coin()) {
        indexes.add(i);
      }
    }
    return indexes.isEmpty()
        ? new int[] {random.below(count)}
        : indexes.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  @Test
  void readsEverySnapshotThatIsWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      List<Item> items = new ArrayList<>();
      for (int n = random.below(5); n > 0; n--) {
        items.add(random.item(true));
      }
      assertReads(
          EventFrame.snapshot(items.stream().map(EventJson::item).toList()),
          null,
          new WatchEvent.Snapshot(items));
    }
  }

  @Test
  void readsPositionsAsTheyAreWritten() {
    for (int i = 0; i < ROUNDS; i++) {
      Position position = random.position();
      assertReads(
          EventFrame.synced(position, i), position.toString(), new WatchEvent.Synced(position, i));
      assertReads(
          EventFrame.bookmark(position), position.toString(), new WatchEvent.Bookmark(position));
    }
  }

  @ParameterizedTest
  @EnumSource
  void clearsTheIdWithAReset(ResetReason reason) {
    assertReads(EventFrame.reset(reason), "", new WatchEvent.Reset(reason));
  }

  @Test
  void writesACommentThatIsNoEvent() throws IOException {
    assertThat(new SseReader(new ByteArrayInputStream(EventFrame.comment()), 100).next()).isEmpty();
  }
}
