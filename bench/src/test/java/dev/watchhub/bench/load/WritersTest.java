package dev.watchhub.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.subscribers.MarkedBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WritersTest {
  private static final Duration WINDOW = Duration.ofMillis(100);

  private final List<String> keys = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> sent = Collections.synchronizedList(new ArrayList<>());
  private final Arrivals arrivals = new Arrivals();

  @Test
  void putsWhatTheScheduleSaysHoweverSlowTheStoreIs() {
    try (Writers writers = new Writers(List.of(new Recorder(Duration.ofMillis(5))))) {
      LoadResult result = writers.scheduled(1_000, WINDOW);

      assertThat(result.count()).isEqualTo(100);
      assertThat(writers.count()).isEqualTo(100);
    }
  }

  @Test
  void countsEachPutFromWhenItWasDue() {
    try (Writers writers = new Writers(List.of(new Recorder(Duration.ofMillis(5))))) {
      LoadResult result = writers.scheduled(1_000, WINDOW);

      List<Long> steps = new ArrayList<>();
      for (int i = 1; i < sent.size(); i++) {
        steps.add(sent.get(i) - sent.get(i - 1));
      }
      assertThat(steps).containsOnly(1_000_000L);
      // 100 puts of 5 ms each that were due within 100 ms: the last is begun 400 ms late.
      assertThat(Histograms.millis(result.lagNanos(), 100)).isGreaterThan(390);
    }
  }

  @Test
  void sharesTheScheduleAmongAllWriters() {
    List<Putter> putters = List.of(new Recorder(Duration.ZERO), new Recorder(Duration.ZERO));
    try (Writers writers = new Writers(putters)) {
      writers.scheduled(10_000, WINDOW);

      assertThat(sent).hasSize(1_000).doesNotHaveDuplicates();
      arrivals.awaitAll(1_000);
    }
  }

  @Test
  void numbersGoOnOverSeveralWindows() {
    try (Writers writers = new Writers(List.of(new Recorder(Duration.ofMillis(1))))) {
      writers.flatOut(WINDOW);
      writers.flatOut(WINDOW);

      arrivals.awaitAll(writers.count());
    }
  }

  @Test
  void givesEveryStoreTheSameKeys() {
    try (Writers writers = new Writers(List.of(new Recorder(Duration.ZERO)))) {
      writers.scheduled(1_000, WINDOW);
    }
    List<String> first = List.copyOf(keys);
    keys.clear();
    try (Writers writers = new Writers(List.of(new Recorder(Duration.ZERO)))) {
      writers.scheduled(1_000, WINDOW);
    }

    assertThat(keys).isEqualTo(first);
    assertThat(first).allMatch(key -> key.matches("/bench/[0-9]{1,3}/[0-9]{1,4}"));
  }

  @Test
  void failsWithTheStore() {
    try (Writers writers = new Writers(List.of(new Broken()))) {
      assertThatThrownBy(() -> writers.flatOut(WINDOW))
          .isInstanceOf(BenchException.class)
          .hasMessageContaining("no space left");
    }
  }

  /** A store that takes its time. */
  private final class Recorder implements Putter {
    private final Duration pace;

    Recorder(Duration pace) {
      this.pace = pace;
    }

    @Override
    public void put(String key, String value) throws InterruptedException {
      keys.add(key);
      assertThat(value).hasSize(Keyspace.VALUE_LENGTH);
      MarkedBytes.find(
          ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)),
          (lane, number, sentNanos) -> {
            sent.add(sentNanos);
            arrivals.mark(lane, number, sentNanos);
          });
      Thread.sleep(pace.toMillis());
    }

    @Override
    public void close() {}
  }

  private static final class Broken implements Putter {
    @Override
    public void put(String key, String value) {
      throw new IllegalStateException("no space left");
    }

    @Override
    public void close() {}
  }
}
