package dev.watchhub.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Item;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FoldGuardTest {
  private final FoldGuard guard = new FoldGuard();

  private static Change put(String key, long revision) {
    return Change.of(new Item(key, "v", revision, 1, 1, 1, null, null));
  }

  private static Change del(String key, long revision) {
    return Change.of(new Item(key, null, revision, 1, 0, 1, null, null));
  }

  private List<Long> admitted(Change... changes) {
    return guard.admit(List.of(changes)).stream().map(change -> change.item().revision()).toList();
  }

  @Test
  void letsThroughWhatIsAboveTheRevisionOfItsKey() {
    guard.replace(List.of(put("/a", 5).item()));
    assertThat(admitted(put("/a", 5), put("/b", 3), put("/a", 7), put("/a", 6)))
        .containsExactly(3L, 7L);
    assertThat(admitted(put("/b", 3), put("/b", 4))).containsExactly(4L);
  }

  @Test
  void doesNotBringBackWhatWasDeleted() {
    assertThat(admitted(put("/a", 5), del("/a", 8), put("/a", 7))).containsExactly(5L, 8L);
    assertThat(guard.isLive("/a")).isFalse();
    assertThat(guard.revision("/a")).isEqualTo(8);
    assertThat(admitted(put("/a", 9))).containsExactly(9L);
    assertThat(guard.liveKeys()).containsExactly("/a");
  }

  @Test
  void forgetsAllWithASnapshot() {
    admitted(put("/a", 50), del("/b", 51));
    guard.replace(List.of(put("/a", 2).item()));
    assertThat(admitted(put("/a", 3), put("/b", 4))).containsExactly(3L, 4L);
  }

  @Test
  void remembersTheLatestDeletionsOnly() {
    admitted(del("/first", 1), del("/second", 2), del("/first", 3));
    for (int i = 0; i < FoldGuard.MAX_DELETED - 1; i++) {
      guard.admit(List.of(del("/k" + i, 10 + i)));
    }
    assertThat(guard.revision("/second")).isZero();
    assertThat(guard.revision("/first")).isEqualTo(3);
  }
}
