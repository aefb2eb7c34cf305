package dev.watchhub.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LsnTest {
  @ParameterizedTest
  @CsvSource({
    "0/0, 0",
    "0/1B374D8, 28538072",
    "0/01b374d8, 28538072",
    "16/B374D848, 97500059720",
    "7FFFFFFF/FFFFFFFF, 9223372036854775807",
    "80000000/0, -9223372036854775808",
    "FFFFFFFF/FFFFFFFF, -1"
  })
  void readsTwoHexadecimalNumbers(String text, long value) {
    assertThat(Lsn.parse(text)).contains(new Lsn(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "0",
        "0/",
        "/0",
        "0/0/0",
        "0//0",
        " 0/0",
        "0/0 ",
        "-1/0",
        "0/-1",
        "+1/0",
        "g/0",
        "0/g",
        "0x1/0",
        "000000001/0",
        "0/000000001",
        "0/٣",
        "0/ｆ",
        "0-0",
        "0/0\n"
      })
  void refusesAnythingElse(String text) {
    assertThat(Lsn.parse(text)).isEmpty();
  }

  @Test
  void writesWhatItReads() {
    for (long value :
        new long[] {0, 1, 28538072, 97500059720L, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
      assertThat(Lsn.parse(new Lsn(value).toString())).contains(new Lsn(value));
    }
    assertThat(new Lsn(97500059720L)).hasToString("16/B374D848");
  }

  @Test
  void isOrderedWithoutASign() {
    Lsn high = new Lsn(Long.MIN_VALUE);
    List<Lsn> rising = List.of(Lsn.ZERO, new Lsn(1), new Lsn(Long.MAX_VALUE), high, new Lsn(-1));
    assertThat(rising).isSorted();
    assertThat(high).isGreaterThan(new Lsn(Long.MAX_VALUE));
    assertThat(high.bytesSince(new Lsn(Long.MAX_VALUE))).isEqualTo(1);
    assertThat(new Lsn(5).bytesSince(new Lsn(7))).isEqualTo(-2);
  }
}
