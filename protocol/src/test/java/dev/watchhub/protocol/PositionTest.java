package dev.watchhub.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PositionTest {
  private static final String TEXT = "69b1c2d3e4f50617-00000001-0000000001b374d8";

  @Test
  void readsWhatItWrites() {
    assertThat(Position.parse(TEXT))
        .contains(new Position(0x69b1c2d3e4f50617L, 1, new Lsn(0x1b374d8)));
    Random random = new Random(9080);
    for (int i = 0; i < 1000; i++) {
      Position position =
          new Position(random.nextLong(), random.nextInt() | 1, new Lsn(random.nextLong()));
      assertThat(Position.parse(position.toString())).contains(position);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "69b1c2d3e4f50617-00000001-0000000001B374D8",
        "69b1c2d3e4f50617-00000000-0000000001b374d8",
        "69b1c2d3e4f50617-00000001-0000000001b374d",
        "69b1c2d3e4f50617-00000001-0000000001b374d80",
        "69b1c2d3e4f50617-0000001-0000000001b374d8",
        "69b1c2d3e4f5061-00000001-0000000001b374d8",
        "69b1c2d3e4f50617-00000001",
        "69b1c2d3e4f50617-00000001-0000000001b374d8-",
        "69b1c2d3e4f50617-00000001-0000000001b374d8\n",
        " 69b1c2d3e4f50617-00000001-0000000001b374d8",
        "69b1c2d3e4f50617_00000001_0000000001b374d8",
        "+9b1c2d3e4f50617-00000001-0000000001b374d8",
        "69b1c2d3e4f50617-00000001-00000000٠1b374d8",
        "0/1B374D8"
      })
  void refusesAnythingElse(String text) {
    assertThat(Position.parse(text)).isEmpty();
  }

  @Test
  void hasATextThatIsOrderedLikeItsLsn() {
    Position here = Position.parse(TEXT).orElseThrow();
    List<Lsn> rising =
        Stream.of(0L, 9L, 10L, 255L, 256L, Long.MAX_VALUE, Long.MIN_VALUE, -1L)
            .map(Lsn::new)
            .toList();
    assertThat(rising.stream().map(lsn -> here.at(lsn).toString()).toList())
        .isSortedAccordingTo(Comparator.naturalOrder());
    assertThat(here.at(new Lsn(9))).isEqualTo(new Position(here.cluster(), 1, new Lsn(9)));
  }

  @Test
  void hasATimelineFromOneOn() {
    assertThatThrownBy(() -> new Position(1, 0, Lsn.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Position(1, -1, Lsn.ZERO))
        .hasToString("0000000000000001-ffffffff-0000000000000000");
  }
}
