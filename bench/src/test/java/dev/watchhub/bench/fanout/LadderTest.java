package dev.watchhub.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.servers.ServerUse;
import dev.watchhub.bench.subscribers.Seen;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class LadderTest {
  private static final Offset<Double> ROUNDING = within(1e-9);

  private final List<Double> tried = new ArrayList<>();

  @Test
  void goesUpToTheLastRateThatIsSustained() {
    Ladder.Rung rung = upTo(500).climb(100);
    assertThat(rung.perSecond()).isEqualTo(400, ROUNDING);
    assertThat(rung.delivered().published()).isEqualTo(400);
    assertThat(tried).containsExactly(100.0, 200.0, 400.0, 800.0);
  }

  @Test
  void goesDownToTheFirstRateThatIsSustained() {
    assertThat(upTo(30).climb(100).perSecond()).isEqualTo(25, ROUNDING);
    assertThat(tried).containsExactly(100.0, 50.0, 25.0);
  }

  @Test
  void givesUpWhereNothingIsSustained() {
    assertThatThrownBy(() -> upTo(0).climb(1))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("0.1 events/s");
  }

  @Test
  void whatDoesNotArriveInFullIsNotSustained() {
    assertThat(delivered(100, 99, 1).sustained()).isFalse();
    assertThat(delivered(100, 100, 1).sustained()).isTrue();
    assertThat(delivered(100, 100, 1_001).sustained()).isFalse();
  }

  @Test
  void countsDeliveriesOverTheTimeThatTheyTook() {
    assertThat(delivered(100, 100, 1).perSecond()).isEqualTo(50, ROUNDING);
  }

  private Ladder upTo(double limit) {
    return new Ladder(
        2,
        rate -> {
          tried.add(rate);
          return delivered((long) rate, (long) rate, rate <= limit ? 10 : 5_000);
        });
  }

  private static Delivered delivered(long due, long events, long millis) {
    Histogram delays = new Histogram(3);
    delays.recordValueWithCount(millis * 1_000, Math.max(1, events));
    ByteBuffer bytes = ByteBuffer.allocate(delays.getNeededByteBufferCapacity());
    int length = delays.encodeIntoCompressedByteBuffer(bytes);
    String encoded = Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    Seen seen = new Seen(events, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, encoded);
    return new Delivered(due, due, seen, new ServerUse(0, 0), null, Duration.ofSeconds(2));
  }
}
