package dev.watchhub.hub.fanout;

import dev.watchhub.bench.micro.Samples;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.log.LogEntry;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.ResetReason;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Whom a commit concerns, and the bytes that they share. */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FeedBenchmark {
  private static final int COMMITS = 1_000;
  private static final int BATCH = 100;

  /** How many filters there are, of a prefix each. */
  @Param({"1", "5000"})
  public int feeds = 1;

  private final ChangeLog log = new ChangeLog(LogBounds.DEFAULT, System::nanoTime);
  private final FeedIndex index = new FeedIndex(log);
  private final LogEntry[] entries = new LogEntry[COMMITS];
  private final Feed everything = new Feed(Filter.prefix("/"), log, 0);
  private long oldest;
  private int next;

  /** Commits of one change, each of which one of the feeds wants. */
  @Setup(Level.Trial)
  public void fill() {
    for (int i = 0; i < feeds; i++) {
      index.feed(Filter.prefix("/own" + i + "/"), 0);
    }
    log.restart(Image.EMPTY, Samples.position(1), List.of(), ResetReason.EXPIRED);
    oldest = log.state().next();
    for (int i = 0; i < COMMITS; i++) {
      log.append(Samples.transaction(2 + i, List.of("/own" + i % feeds + "/some/key/" + i)));
      if (log.read(oldest + i) instanceof LogRead.Found found) {
        entries[i] = found.entry();
        everything.matched(oldest + i);
      }
    }
  }

  /** The feeds of a commit. */
  @Benchmark
  public void matching(Blackhole hole) {
    next = (next + 1) % COMMITS;
    index.forEachMatching(entries[next], hole::consume);
  }

  /** One write for all who are a hundred commits behind. */
  @Benchmark
  public Object batchOfHundred() {
    next = (next + 1) % (COMMITS - BATCH);
    return everything.batch(oldest + next, oldest + next + BATCH);
  }
}
