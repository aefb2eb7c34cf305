package dev.watchhub.lifecycle;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One named thread that repeats a {@link Step} until it is closed or the step fails.
 *
 * <p>Threading: the worker owns the thread; the step owns the state and is called by that thread
 * only, {@link Step#unblock} excepted. A test calls the step directly.
 */
public final class Worker implements AutoCloseable {
  /** Work done in pieces by one thread. */
  public interface Step {
    /**
     * Does what can be done now and returns how much; 0 lets the worker pause until it is woken or
     * {@link #pause} is over.
     */
    int poll() throws Exception;

    /** The longest pause after a {@link #poll} that returned 0; asked for after each one. */
    default Duration pause() {
      return Duration.ofMillis(10);
    }

    /** Makes a {@link #poll} that waits inside return soon. Any thread; called once, on closing. */
    default void unblock() {}

    /** Releases what the step owns, on the worker's thread, after the last {@link #poll}. */
    default void stop() throws Exception {}
  }

  private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);

  private final Step step;
  private final Faults faults;
  private final Thread thread;
  private final AtomicBoolean unblocked = new AtomicBoolean();
  private volatile boolean running = true;
  private volatile boolean woken;

  private Worker(String name, Step step, Faults faults) {
    this.step = step;
    this.faults = faults;
    this.thread = new Thread(this::run, name);
  }

  /** Starts the thread; the caller owns the worker and must close it. */
  public static Worker start(String name, Step step, Faults faults) {
    Worker worker = new Worker(name, step, faults);
    worker.thread.start();
    return worker;
  }

  /** Ends a pause early, or skips the next one, because there is work. Any thread. */
  public void wake() {
    woken = true; // unpark alone would be lost on a step that waits for a lock
    LockSupport.unpark(thread);
  }

  private void run() {
    @Nullable Throwable failure = null;
    try {
      while (running) {
        woken = false;
        if (step.poll() == 0 && running && !woken) {
          LockSupport.parkNanos(step.pause().toNanos());
        }
      }
    } catch (Throwable t) {
      failure = t;
    }
    try {
      step.stop();
    } catch (Throwable t) {
      if (failure == null) {
        failure = t;
      } else if (failure != t) {
        failure.addSuppressed(t); // the first is the one that explains
      }
    }
    if (failure != null) {
      faults.fatal(thread.getName(), failure);
    }
  }

  /**
   * Stops after the current step and waits for it. Idempotent; any thread but the worker's own.
   *
   * @throws IllegalStateException if the step does not end within 5 s
   */
  @Override
  public void close() {
    running = false;
    if (unblocked.compareAndSet(false, true)) {
      step.unblock();
    }
    wake();
    join();
    if (thread.isAlive()) {
      throw new IllegalStateException(thread.getName() + " did not stop within " + JOIN_LIMIT);
    }
  }

  /** Waits also when the closing thread is interrupted, which it is still afterwards. */
  private void join() {
    boolean interrupted = false;
    long start = System.nanoTime();
    long rest = JOIN_LIMIT.toMillis();
    while (rest > 0 && thread.isAlive()) {
      try {
        thread.join(rest);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      rest = JOIN_LIMIT.toMillis() - Duration.ofNanos(System.nanoTime() - start).toMillis();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
