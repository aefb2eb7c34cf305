package dev.watchhub.bench.micro;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.CommitFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a commit to the bytes of its event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBenchmark {
  private static final int MANY = 100;

  private final List<Change> one = changes(1);
  private final List<Change> many = changes(MANY);
  private final CommitFrame frame =
      CommitFrame.encode(Samples.position(1L << 32), Samples.committedAt(), many);
  private final int[] everyTenth = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90};

  private static List<Change> changes(int count) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(Change.of(Samples.item("/routes/some/key/%03d".formatted(i), 1_000 + i)));
    }
    return changes;
  }

  /** A commit of one change. */
  @Benchmark
  public CommitFrame encodeOne() {
    return CommitFrame.encode(Samples.position(1L << 32), Samples.committedAt(), one);
  }

  /** A commit of 100 changes. */
  @Benchmark
  public CommitFrame encodeHundred() {
    return CommitFrame.encode(Samples.position(1L << 32), Samples.committedAt(), many);
  }

  /** Ten changes out of a hundred, for a narrower filter. */
  @Benchmark
  public byte[] cutTenOfHundred() {
    return frame.only(everyTenth);
  }
}
