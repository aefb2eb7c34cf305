package dev.watchhub.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AppliedReporterTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // it may overflow
  private final AtomicInteger revision = new AtomicInteger();
  private final List<String> told = new ArrayList<>();
  private WatchMode mode = WatchMode.REPLICATION;
  private boolean away;
  private boolean changesWhileTelling;
  private final AppliedReporter reporter =
      new AppliedReporter(this::open, () -> mode, this::report, now::get);

  private AppliedReport report() {
    return new AppliedReport(
        "web", "1", Instant.EPOCH, null, List.of(), revision.incrementAndGet());
  }

  private Ledger open(WatchMode opened) {
    told.add("open " + opened.word());
    return new Ledger() {
      @Override
      public void tell(AppliedReport report, boolean leaving) {
        if (away) {
          throw new SourceException("away");
        }
        told.add((leaving ? "leaving " : "") + report.refusedCount());
        if (changesWhileTelling) {
          reporter.change();
        }
      }

      @Override
      public void close() {
        told.add("close");
      }
    };
  }

  /** Steps for a while as its worker would. */
  private List<String> run(Duration time) {
    told.clear();
    long end = now.get() + time.toNanos();
    reporter.poll();
    long pause = reporter.pause().toNanos();
    while (now.get() + pause - end < 0) {
      now.addAndGet(pause);
      reporter.poll();
      pause = reporter.pause().toNanos();
    }
    now.set(end);
    return told;
  }

  @Test
  void tellsAtOnceAndThenEvery5Seconds() {
    assertThat(run(Duration.ofMillis(14_999))).containsExactly("open replication", "1", "2", "3");
  }

  @Test
  void tellsAChangeAtOnceAndTheNext50MillisecondsLater() {
    run(Duration.ofSeconds(1));
    reporter.change();
    assertThat(run(Duration.ofMillis(10))).containsExactly("2");
    reporter.change();
    assertThat(run(Duration.ofMillis(39))).isEmpty();
    assertThat(run(Duration.ofMillis(2))).containsExactly("3");
  }

  @Test
  void tellsNoMoreThan20TimesASecondHoweverOftenThereIsAChange() {
    changesWhileTelling = true;

    assertThat(run(Duration.ofMillis(999))).hasSize(21); // the opening counts as one
  }

  @Test
  void turnsToTheOtherLedgerWhenTheModeChanges() {
    run(Duration.ofSeconds(1));
    mode = WatchMode.NOTIFY;
    reporter.change();

    assertThat(run(Duration.ofSeconds(1))).containsExactly("close", "open notify", "2");
  }

  @Test
  void triesAgainAfter5SecondsWhereNobodyListens() {
    away = true;
    run(Duration.ofSeconds(4));
    reporter.change();
    away = false;

    assertThat(run(Duration.ofMillis(999))).isEmpty();
    assertThat(run(Duration.ofSeconds(1))).containsExactly("2");
  }

  @Test
  void saysThatItLeaves() {
    run(Duration.ofSeconds(1));
    told.clear();
    reporter.stop();

    assertThat(told).containsExactly("leaving 2", "close");
  }
}
