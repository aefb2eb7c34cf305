package dev.watchhub.bench;

import dev.watchhub.bench.subscribers.Mark;
import dev.watchhub.bench.writers.WritersBenchmark;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./watchhub bench writers}. */
@Command(
    name = "writers",
    description = "What watching costs those who write: puts a second and commit latency.",
    mixinStandardHelpOptions = true)
final class WritersCommand implements Callable<Integer> {
  private static final List<Integer> FULL = List.of(1, 8, 32, 64, 128);
  private static final List<Integer> QUICK = List.of(8, 64);
  private static final Duration LONGEST_DELAY = Duration.ofMillis(100);

  @Spec private @Nullable CommandSpec command;
  @Mixin private final RunOptions options = new RunOptions();
  @Mixin private final PeerOptions peers = new PeerOptions();

  @Option(
      names = "--writers",
      paramLabel = "N",
      split = ",",
      description = "how many write at a time (default: 1,8,32,64,128; quick: 8,64)")
  private @Nullable List<Integer> writers;

  @Option(
      names = "--flush-delay",
      paramLabel = "DURATION",
      converter = Length.class,
      description =
          "measures again with flushes that take this much longer, such as 2ms, as on a network"
              + " disk; a writer that is alone is spared")
  private @Nullable Duration flushDelay;

  @Override
  public Integer call() {
    List<Integer> counts = writers != null ? writers : options.isQuick() ? QUICK : FULL;
    for (int count : counts) {
      if (count < 1 || count > Mark.LANES) {
        throw Usage.error(
            command,
            "--writers has %d: expected numbers from 1 to %d".formatted(count, Mark.LANES));
      }
    }
    Duration delay = flushDelay == null ? Duration.ZERO : flushDelay;
    if (delay.compareTo(LONGEST_DELAY) > 0) {
      throw Usage.error(
          command, "--flush-delay is %d ms: expected up to 100 ms".formatted(delay.toMillis()));
    }
    return options.run(new WritersBenchmark(peers.peers(), counts, delay, counts));
  }

  /** As {@code bench all} runs it. */
  static WritersBenchmark usual(PeerOptions peers, boolean quick) {
    List<Integer> delayed = List.of(64);
    return new WritersBenchmark(
        peers.peers(), quick ? delayed : FULL, Duration.ofMillis(2), delayed);
  }
}
