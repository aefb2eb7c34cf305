package dev.watchhub.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How bytes pass a {@link TcpProxy} in one direction, on all of its connections alike.
 *
 * <p>Threading: any thread. A change reaches the bytes that are held back at that moment.
 */
public final class Flow {
  private static final int USUAL_PIECE_BYTES = 16 * 1024;
  private static final int PIECES_PER_SECOND = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private boolean stalled;
  private long bytesPerSecond; // 0: as fast as it goes
  private Duration delay = Duration.ZERO;

  Flow() {}

  /** Lets everything pass at once. */
  public void pass() {
    set(false, 0, Duration.ZERO);
  }

  /** Holds all bytes back until another call; the connections stay open. */
  public void stall() {
    set(true, 0, Duration.ZERO);
  }

  /**
   * Lets bytes pass at this rate on each connection.
   *
   * @param rate in bytes per second, from 1
   */
  public void slow(long rate) {
    set(false, rate, Duration.ZERO);
  }

  /** Holds each piece back for so long. */
  public void delay(Duration time) {
    set(false, 0, time);
  }

  private void set(boolean stall, long rate, Duration time) {
    lock.lock();
    try {
      stalled = stall;
      bytesPerSecond = rate;
      delay = time;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How much to read at once, so that a slow flow does not come in bursts. */
  int pieceBytes() {
    lock.lock();
    try {
      return bytesPerSecond == 0
          ? USUAL_PIECE_BYTES
          : (int) Math.max(1, Math.min(USUAL_PIECE_BYTES, bytesPerSecond / PIECES_PER_SECOND));
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a piece of so many bytes, which has just been read, may go on. */
  void await(int bytes) throws InterruptedException {
    long start = System.nanoTime();
    lock.lock();
    try {
      while (true) {
        long left = holdNanos(bytes) - (System.nanoTime() - start);
        if (stalled) {
          changed.await();
        } else if (left <= 0 || changed.awaitNanos(left) <= 0) {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private long holdNanos(int bytes) {
    long atRate = bytesPerSecond == 0 ? 0 : bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    return atRate + delay.toNanos();
  }
}
