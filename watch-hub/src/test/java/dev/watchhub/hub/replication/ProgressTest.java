package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.log.Image;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final Progress progress = new Progress();

  private static Lsn lsn(long value) {
    return new Lsn(value);
  }

  private static Snapshot snapshot(String text) {
    return Snapshot.parse(text).orElseThrow();
  }

  @Test
  void readsSnapshots() {
    assertThat(snapshot("5:9:5,7")).isEqualTo(new Snapshot(9, List.of(5L, 7L)));
    assertThat(snapshot("9:9:")).isEqualTo(new Snapshot(9, List.of()));
    assertThat(Snapshot.parse("9:9")).isEmpty();
    assertThat(Snapshot.parse("9:9:x")).isEmpty();
  }

  @Test
  void knowsWhatWasReadByTheHeartbeatAndByWhatCameAfterIt() {
    progress.committed(lsn(100), 5);
    progress.committed(lsn(110), 7); // before the heartbeat's message, but not seen by it
    progress.heartbeat(lsn(120), snapshot("7:9:7"));
    progress.committed(lsn(130), 12);
    Progress.Seen seen = progress.seenUpTo(lsn(130)).orElseThrow();
    assertThat(List.of(5L, 6L, 7L, 8L, 12L)).allMatch(seen::has);
    assertThat(List.of(9L, 10L, 11L, 13L)).noneMatch(seen::has);
  }

  @Test
  void knowsWhatWasReadUpToAnEarlierPlace() {
    progress.heartbeat(lsn(100), snapshot("5:5:"));
    progress.committed(lsn(110), 6);
    progress.heartbeat(lsn(120), snapshot("9:9:"));
    progress.committed(lsn(130), 10);
    Progress.Seen seen = progress.seenUpTo(lsn(115)).orElseThrow();
    assertThat(List.of(4L, 6L)).allMatch(seen::has);
    assertThat(List.of(5L, 7L, 8L, 10L)).noneMatch(seen::has);
    assertThat(progress.seenUpTo(lsn(99))).isEmpty();
  }

  @Test
  void keepsHalfAMinuteOfHeartbeats() {
    for (long beat = 1; beat <= 40; beat++) {
      progress.committed(lsn(beat * 10 - 5), beat);
      progress.heartbeat(lsn(beat * 10), new Snapshot(beat + 1, List.of()));
    }
    assertThat(progress.seenUpTo(lsn(100))).isEmpty();
    assertThat(progress.seenUpTo(lsn(110)).orElseThrow().has(11)).isTrue();
    assertThat(progress.seenUpTo(lsn(110)).orElseThrow().has(12)).isFalse();
  }

  @Test
  void startsOverWithALoadAndWithAFilledGap() {
    progress.heartbeat(lsn(100), snapshot("9:9:"));
    progress.caughtUp();
    Item item = new Item("/a", "1", 77, 77, 1, 0, null, null);
    progress.loaded(lsn(200), Image.of(List.of(item)));
    assertThat(progress.isInStep()).isFalse();
    assertThat(progress.highestRevision()).isEqualTo(77);
    assertThat(progress.seenUpTo(lsn(300))).isEmpty();
    progress.filled(lsn(400), snapshot("20:20:"));
    assertThat(progress.lastCommit()).isEqualTo(lsn(400));
    assertThat(progress.seenUpTo(lsn(400)).orElseThrow().has(19)).isTrue();
  }

  @Test
  void forgetsHeartbeatsThatAFailoverHasUndone() {
    progress.heartbeat(lsn(100), snapshot("5:5:"));
    progress.heartbeat(lsn(120), snapshot("9:9:"));
    progress.cut(lsn(110));
    assertThat(progress.seenUpTo(lsn(200)).orElseThrow().has(6)).isFalse();
  }
}
