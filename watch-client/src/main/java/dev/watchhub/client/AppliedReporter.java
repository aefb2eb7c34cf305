package dev.watchhub.client;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what a node has applied to whom it follows: soon after each change, 20 times a second at
 * most, and every 5 s. When it ends it says that the node leaves.
 *
 * <p>Threading: {@link #change} may be called by any thread; the rest belongs to one.
 */
public final class AppliedReporter implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(AppliedReporter.class);
  private static final Duration LEAST_GAP = Duration.ofMillis(50);
  private static final Duration GREATEST_GAP = Duration.ofSeconds(5);

  /** Makes the ledger of a mode. */
  interface Ledgers {
    Ledger open(WatchMode mode);
  }

  // fixed at construction
  private final Ledgers ledgers;
  private final Supplier<WatchMode> mode;
  private final Supplier<AppliedReport> reports;
  private final LongSupplier nanoTime;

  // any thread
  private final AtomicBoolean changed = new AtomicBoolean(true);

  // this thread only
  private @Nullable Ledger ledger;
  private @Nullable WatchMode ledgerMode;
  private long nextNanos; // not before
  private long latestNanos; // not after
  private boolean failing;

  AppliedReporter(
      Ledgers ledgers,
      Supplier<WatchMode> mode,
      Supplier<AppliedReport> reports,
      LongSupplier nanoTime) {
    this.ledgers = ledgers;
    this.mode = mode;
    this.reports = reports;
    this.nanoTime = nanoTime;
    nextNanos = nanoTime.getAsLong();
    latestNanos = nextNanos;
  }

  /** A running reporter. */
  public static final class Running implements AutoCloseable {
    private final AppliedReporter step;
    private final Worker worker;

    private Running(AppliedReporter step, Worker worker) {
      this.step = step;
      this.worker = worker;
    }

    /** There is something new to tell. Any thread; does not wait. */
    public void changed() {
      if (step.change()) {
        worker.wake();
      }
    }

    @Override
    public void close() {
      worker.close();
    }
  }

  /**
   * Starts to tell.
   *
   * @param mode which way is followed now
   * @param reports what there is to tell now
   */
  public static Running start(
      WatchBackends backends,
      Supplier<WatchMode> mode,
      Supplier<AppliedReport> reports,
      Faults faults) {
    AppliedReporter step = new AppliedReporter(backends::ledger, mode, reports, System::nanoTime);
    return new Running(step, Worker.start("applied-reporter", step, faults));
  }

  /**
   * Notes that there is something new; returns whether there was nothing new before. Any thread.
   */
  boolean change() {
    return !changed.getAndSet(true);
  }

  @Override
  public int poll() {
    long now = nanoTime.getAsLong();
    if (now - (changed.get() ? nextNanos : latestNanos) < 0) {
      return 0;
    }
    changed.set(false); // before it looks, so that what comes meanwhile is told next
    boolean told = tell(false);
    long end = nanoTime.getAsLong();
    nextNanos = end + (told ? LEAST_GAP : GREATEST_GAP).toNanos();
    latestNanos = end + GREATEST_GAP.toNanos();
    return 0;
  }

  @Override
  public Duration pause() {
    long until = (changed.get() ? nextNanos : latestNanos) - nanoTime.getAsLong();
    return Duration.ofNanos(Math.max(until, 1));
  }

  private boolean tell(boolean leaving) {
    WatchMode now = mode.get();
    try {
      if (ledger == null || ledgerMode != now) {
        close();
        ledger = ledgers.open(now);
        ledgerMode = now;
      }
      ledger.tell(reports.get(), leaving);
      if (failing) {
        failing = false;
        LOG.info("what is applied is told again, in watch mode {}", now.word());
      }
      return true;
    } catch (
        RuntimeException e) { // of whatever kind: it is a report, and the next one may get there
      if (!failing && !leaving) {
        failing = true;
        LOG.warn(
            "what is applied cannot be told, in watch mode {}: {}", now.word(), e.getMessage());
      }
      return false;
    }
  }

  private void close() {
    Ledger current = ledger;
    ledger = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public void stop() {
    try {
      if (!failing) {
        tell(true);
      }
    } finally {
      close();
    }
  }
}
