package dev.watchhub.cli;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Resources;
import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a command that runs until it is told to stop: by a signal, or by a fault.
 *
 * <p>Threading: the main thread builds, waits and closes; a signal and a fault only tell it to.
 */
final class Running implements Faults {
  /** Builds what the command runs. */
  @FunctionalInterface
  interface Parts {
    /** Starts everything; what was started is owned. */
    void start(Resources owned, Running running);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Running.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(5);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean failed;

  private Running() {}

  /** Starts the parts, waits for the end, closes them in reverse, and returns the exit code. */
  static int untilStopped(Parts parts) {
    Running running = new Running();
    Runtime.getRuntime().addShutdownHook(new Thread(running::stopAndWait, "stop"));
    try (Resources owned = new Resources()) {
      parts.start(owned, running);
      running.stop.await();
    } catch (StoppedException | InterruptedException e) {
      LOG.debug("stopped while starting", e);
    } finally {
      running.ended.countDown();
    }
    return running.failed ? 1 : 0;
  }

  /** What a signal does: the process ends when this returns. */
  private void stopAndWait() {
    stop.countDown();
    try {
      if (!ended.await(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("not everything was closed within {}", CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for as long as it takes until {@code ready} holds: what it waits for may be up to others,
   * and the log says what is missing.
   */
  void await(BooleanSupplier ready) {
    while (!ready.getAsBoolean()) {
      try {
        if (stop.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new StoppedException();
        }
      } catch (InterruptedException e) {
        throw new StoppedException();
      }
    }
  }

  /** Ends the start-up if it was told to stop meanwhile. */
  void checkpoint() {
    if (stop.getCount() == 0) {
      throw new StoppedException();
    }
  }

  @Override
  public void fatal(String component, Throwable cause) {
    LOG.error("{} failed; stopping", component, cause);
    failed = true;
    stop.countDown();
  }

  /** The process was told to stop before it had started. */
  private static final class StoppedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    StoppedException() {
      super(null, null, false, false);
    }
  }
}
