package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotTest {
  private static Snapshot snapshot(String text) {
    return Snapshot.parse(text).orElseThrow();
  }

  @Test
  void seesWhatHadEndedOnly() {
    Snapshot snapshot = snapshot("10:20:10,14");
    assertThat(snapshot.sees(9)).isTrue();
    assertThat(snapshot.sees(10)).isFalse();
    assertThat(snapshot.sees(13)).isTrue();
    assertThat(snapshot.sees(14)).isFalse();
    assertThat(snapshot.sees(19)).isTrue();
    assertThat(snapshot.sees(20)).isFalse();
  }

  @Test
  void namesTheUnendedBelowAnId() {
    assertThat(snapshot("10:20:10,14").unendedBelow(22)).containsOnly(10L, 14L, 20L, 21L);
    assertThat(snapshot("10:20:10,14").unendedBelow(14)).containsOnly(10L);
    assertThat(snapshot("20:20:").unendedBelow(20)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10:20:10,14", "20:20:", "3:9:3"})
  void writesWhatItHasRead(String text) {
    assertThat(snapshot(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1:2", "1:2:3:4", "1:x:", "1:2:3,", "1:2:,3"})
  void refusesWhatIsNone(String text) {
    assertThat(Snapshot.parse(text)).isEmpty();
  }
}
