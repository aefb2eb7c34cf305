package dev.watchhub.client;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One source that is followed for a {@link SwitchingWatcher}, on a thread of its own.
 *
 * <p>Threading: {@link #close} by any thread but its own; all else under the watcher's lock.
 */
final class Follower implements AutoCloseable {
  private final WatchMode mode;
  private final Source source;
  private final Worker worker;
  private final LongSupplier nanoTime;
  private WatchStatus status = new WatchStatus(State.CONNECTING, "not connected yet");
  private long statusSinceNanos; // since it is following, or since it is not

  /** Hears what a follower hears, on its thread. */
  interface Ear {
    /** The source has said something. */
    void onNews(Follower follower, News news);

    /** Its status has changed. */
    void onStatus(Follower follower, WatchStatus status);
  }

  /** Starts to follow {@code source}; call it under the lock that {@code ear} takes. */
  Follower(WatchMode mode, Source source, Ear ear, LongSupplier nanoTime, Faults faults) {
    this.mode = mode;
    this.source = source;
    this.nanoTime = nanoTime;
    statusSinceNanos = nanoTime.getAsLong();
    worker =
        Worker.start(
            (mode == WatchMode.REPLICATION ? "hub" : mode.name().toLowerCase(Locale.ROOT))
                + "-watcher",
            new WatchLoop(source, listener(ear), nanoTime),
            faults);
  }

  private NewsListener listener(Ear ear) {
    return new NewsListener() {
      @Override
      public void onNews(News news) {
        ear.onNews(Follower.this, news);
      }

      @Override
      public void onStatus(WatchStatus newStatus) {
        ear.onStatus(Follower.this, newStatus);
      }
    };
  }

  WatchMode mode() {
    return mode;
  }

  WatchStatus status() {
    return status;
  }

  void become(WatchStatus newStatus) {
    if (isFollowing() != (newStatus.state() == State.FOLLOWING)) {
      statusSinceNanos = nanoTime.getAsLong();
    }
    status = newStatus;
  }

  boolean isFollowing() {
    return status.state() == State.FOLLOWING;
  }

  /** Nanoseconds for which it has been following without a break, or not following. */
  long nanosSoFar() {
    return nanoTime.getAsLong() - statusSinceNanos;
  }

  /** Whether somebody waits for it to come as far as another one has. */
  void hurry(boolean hurried) {
    source.hurry(hurried);
  }

  @Override
  public void close() {
    worker.close();
  }
}
