package dev.watchhub.client;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Worker;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a {@link Source} over any number of connections, one at a time, and tells a listener.
 *
 * <p>Threading: {@link #poll} and {@link #stop} belong to one thread, which calls the listener;
 * {@link #unblock} and {@link #status} may be called by any.
 */
final class WatchLoop implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(WatchLoop.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LAST_RETRY = Duration.ofSeconds(2);

  /** A connection that told something for as long as this was a good one. */
  private static final Duration HEALTHY = Duration.ofSeconds(5);

  private static final Duration REPEAT_WARNING = Duration.ofMinutes(1);

  // Fixed at construction.
  private final Source source;
  private final NewsListener listener;
  private final LongSupplier nanoTime;

  // Polling thread only.
  private Backoff backoff = Backoff.between(FIRST_RETRY, LAST_RETRY);
  private Duration pause = Duration.ZERO;
  private boolean following;
  private long followingSinceNanos;
  private @Nullable String warned;
  private long warnedNanos;
  private boolean outageWarned;

  // Written by the polling thread, read anywhere.
  private volatile WatchStatus status = new WatchStatus(State.CONNECTING, "not connected yet");
  private volatile Source.@Nullable Link link;

  // Written by the closing thread.
  private volatile boolean stopping;

  /**
   * A loop that connects at the first {@link #poll}.
   *
   * @param source closed by {@link #stop}
   */
  WatchLoop(Source source, NewsListener listener, LongSupplier nanoTime) {
    this.source = source;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /** How it stands. */
  WatchStatus status() {
    return status;
  }

  /** Connects, or waits for the next news and tells it. */
  @Override
  public int poll() {
    Source.Link current = link;
    try {
      if (current == null) {
        connect();
      } else {
        tell(current.next());
      }
      return 1;
    } catch (SourceException e) {
      drop();
      if (!stopping) {
        retryLater(source.name() + ": " + e.getMessage());
      }
      return 0;
    }
  }

  private void connect() {
    if (status.state() == State.CONNECTING) { // after a loss its reason stands until there is news
      become(State.CONNECTING, "connecting to " + source.name());
    }
    Source.Link opening = source.connect();
    link = opening;
    if (stopping) { // unblock() may have come too early to see the link
      throw new SourceException("closing");
    }
    opening.open();
    become(State.CONNECTING, "connected to " + source.name() + ", which has told nothing yet");
  }

  private void tell(News news) {
    listener.onNews(news);
    if (news instanceof News.Changed changed) {
      if (changed.upToDate() || following) {
        follow();
      }
    } else if (news instanceof News.StartingOver over) {
      LOG.info("{} sends everything anew: {}", source.name(), over.reason());
      following = false;
      become(State.CONNECTING, "waiting for everything anew: " + over.reason());
    } else {
      follow();
    }
  }

  private void follow() {
    if (!following) {
      following = true;
      followingSinceNanos = nanoTime.getAsLong();
      if (outageWarned) {
        outageWarned = false;
        LOG.info("following {} again", source.name());
      }
    }
    become(State.FOLLOWING, source.following());
  }

  private void retryLater(String reason) {
    long now = nanoTime.getAsLong();
    if (following && now - followingSinceNanos >= HEALTHY.toNanos()) {
      backoff = backoff.reset();
    }
    following = false;
    backoff = backoff.next();
    pause = backoff.delay();
    if (!reason.equals(warned) || now - warnedNanos >= REPEAT_WARNING.toNanos()) {
      warned = reason;
      warnedNanos = now;
      outageWarned = true;
      LOG.warn("not following {}", reason);
    }
    become(State.DISCONNECTED, reason);
  }

  private void become(State state, String detail) {
    WatchStatus now = new WatchStatus(state, detail);
    if (!now.equals(status)) {
      status = now;
      listener.onStatus(now);
    }
  }

  private void drop() {
    Source.Link current = link;
    link = null;
    if (current != null) {
      current.abort();
    }
  }

  @Override
  public Duration pause() {
    return pause;
  }

  @Override
  public void unblock() {
    stopping = true;
    Source.Link current = link;
    if (current != null) {
      current.abort();
    }
  }

  @Override
  public void stop() {
    try {
      drop();
    } finally {
      source.close();
    }
    become(State.CLOSED, "closed");
  }
}
