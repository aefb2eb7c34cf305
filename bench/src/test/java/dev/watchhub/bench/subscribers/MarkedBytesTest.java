package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MarkedBytesTest {
  private final List<String> found = new ArrayList<>();

  private boolean find(String message) {
    return MarkedBytes.find(
        ByteBuffer.wrap(message.getBytes(US_ASCII)),
        (lane, number, sent) -> found.add(lane + " " + number + " " + sent));
  }

  @Test
  void findsTheMarkWhereverItStands() {
    String value = Mark.value(127, 4_000_000_000L, 123_456_789_012_345L, 40);

    assertThat(find("I @@ @12 {\"key\":\"/a@b\",\"value\":\"" + value + "\"}")).isTrue();
    assertThat(found).containsExactly("127 4000000000 123456789012345");
  }

  @Test
  void findsOneThatEndsTheMessage() {
    assertThat(find(Mark.value(0, 0, -1, Mark.LENGTH))).isTrue();
    assertThat(found).containsExactly("0 0 -1");
  }

  @Test
  void findsNothingInAMessageWithoutOne() {
    String value = Mark.value(1, 1, 1, Mark.LENGTH);

    assertThat(find(value.substring(0, Mark.LENGTH - 1))).isFalse();
    assertThat(find("")).isFalse();
    assertThat(found).isEmpty();
  }

  @Test
  void leavesTheMessageAsItIs() {
    ByteBuffer message = ByteBuffer.wrap(Mark.value(1, 1, 1, 50).getBytes(US_ASCII));

    MarkedBytes.find(message, (lane, number, sent) -> {});

    assertThat(message.position()).isZero();
    assertThat(message.remaining()).isEqualTo(50);
  }
}
