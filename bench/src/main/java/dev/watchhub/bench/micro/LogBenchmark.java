package dev.watchhub.bench.micro;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.hub.log.LogSearch;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.hub.log.Transaction;
import dev.watchhub.protocol.ResetReason;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading the log, and adding to it, while it holds as much as it may. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogBenchmark {
  private static final int KEYS = 10_000;
  private static final int FIRST_COMMITS = 200_000;
  private static final int COMMIT_BYTES = 400;

  private final ChangeLog log = new ChangeLog(LogBounds.DEFAULT, System::nanoTime);
  private long appended;
  private long cursor;

  /** A log that has reached its bounds. */
  public LogBenchmark() {
    log.restart(Image.EMPTY, Samples.position(1), List.of(), ResetReason.EXPIRED);
    for (int i = 0; i < FIRST_COMMITS; i++) {
      append();
    }
  }

  /** One commit of one change: encoded, put in, another dropped for it. */
  @Benchmark
  public LogState append() {
    appended++;
    String key = "/routes/some/key/" + appended % KEYS;
    Transaction commit = Samples.transaction(1 + appended * COMMIT_BYTES, List.of(key));
    log.append(commit);
    return log.state();
  }

  /** One commit, at a cursor that walks over all. */
  @Benchmark
  public LogRead read() {
    LogState state = log.state();
    cursor = cursor < state.oldest() || cursor + 1 >= state.next() ? state.oldest() : cursor + 1;
    return log.read(cursor);
  }

  /** Where a client goes on that comes with a position. */
  @Benchmark
  public LogSearch find() {
    LogState state = log.state();
    long oldest = state.oldestPosition().lsn().value();
    cursor = (cursor * 31 + 7) & 0xffff;
    return log.find(state, Samples.position(oldest + cursor * COMMIT_BYTES));
  }
}
