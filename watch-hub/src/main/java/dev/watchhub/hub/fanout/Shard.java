package dev.watchhub.hub.fanout;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.EventFrame;
import dev.watchhub.protocol.Position;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies commits from the shared log to those of its subscribers that can take them.
 *
 * <p>Threading: {@link #join} may be called by any thread, and a write may end on any; everything
 * else belongs to the thread that calls {@link #poll}. A slow subscriber costs nothing but its own
 * cursor: there is no queue per subscriber, only one write under way, and lag becomes a larger
 * write.
 */
final class Shard implements Worker.Step {
  private static final int WRITES_PER_TURN = 16; // so that one subscriber cannot starve all
  // A client that takes these within the write deadline is alive; what is larger goes in pieces.
  private static final int WRITE_BYTES = 128 * 1024;

  // What is due is written at once, which holds up events: so often, and few at a time.
  private static final Duration TIMER = Duration.ofMillis(100);
  private static final int SPREAD_COUNT = 101; // a prime, for the ids of a shard have a step

  /** The end of a write, or a subscriber that has just come. */
  private record Arrival(Subscriber subscriber, boolean joins, @Nullable Throwable failure) {}

  // Fixed at construction.
  private final ChangeLog log;
  private final Timing timing;
  private final LongSupplier nanoTime;

  // Any thread.
  private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
  private final Set<Subscriber> present = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread owner;
  private volatile boolean woken;
  private volatile Position seenPosition;

  // Polling thread only.
  private final FeedIndex index;
  private final Set<Subscriber> subscribers = new LinkedHashSet<>();
  private final Deque<Subscriber> runnable = new ArrayDeque<>();
  private final Deque<Subscriber> leaving = new ArrayDeque<>();
  private LogState seen;
  private long lastTimerNanos;
  private boolean someoneWaits;

  /** A shard without subscribers. */
  Shard(ChangeLog log, Timing timing, LongSupplier nanoTime) {
    this.log = log;
    this.timing = timing;
    this.nanoTime = nanoTime;
    this.index = new FeedIndex(log);
    this.seen = log.state();
    this.seenPosition = seen.position();
    this.lastTimerNanos = nanoTime.getAsLong();
  }

  /** Adds a subscriber; it is served from the next poll on. Any thread. */
  void join(Subscriber subscriber) {
    present.add(subscriber);
    arrivals.add(new Arrival(subscriber, true, null));
    wake();
  }

  /** Those who have joined and not gone. Any thread. */
  Set<Subscriber> present() {
    return Collections.unmodifiableSet(present);
  }

  /** Nobody who is idle is to be sent anything up to here. Any thread. */
  Position seenPosition() {
    return seenPosition;
  }

  /** Ends the pause of the polling thread, because the log has changed. Any thread. */
  void wake() {
    woken = true; // unpark alone would be lost on a pass that waits for a lock inside a sink
    LockSupport.unpark(owner); // before the first pass there is none, and nothing to end
  }

  @Override
  public Duration pause() {
    return woken ? Duration.ZERO : TIMER;
  }

  /** Makes one pass and returns how much was done; 0 means that there was nothing to do. */
  @Override
  public int poll() {
    owner = Thread.currentThread();
    woken = false;
    int done = 0;
    for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
      accept(arrival);
      done++;
    }
    done += readLog();
    long now = nanoTime.getAsLong();
    if (now - lastTimerNanos >= TIMER.toNanos()) {
      lastTimerNanos = now;
      subscribers.forEach(subscriber -> keepAlive(subscriber, now));
    }
    for (int turns = runnable.size(); turns > 0; turns--) {
      Subscriber subscriber = runnable.remove();
      subscriber.queued = false;
      serve(subscriber);
      done++;
    }
    for (Subscriber gone = leaving.poll(); gone != null; gone = leaving.poll()) {
      forget(gone);
    }
    return done;
  }

  private void forget(Subscriber subscriber) {
    present.remove(subscriber);
    subscribers.remove(subscriber);
    Feed feed = subscriber.feed;
    subscriber.feed = null;
    if (feed != null && !feed.leave(subscriber)) {
      index.remove(feed);
    }
  }

  private void accept(Arrival arrival) {
    Subscriber subscriber = arrival.subscriber();
    if (arrival.joins()) {
      enroll(subscriber);
      long now = nanoTime.getAsLong();
      subscriber.lastBookmarkNanos = now - apart(subscriber, timing.bookmarkEvery());
      subscriber.lastCommentNanos = now - apart(subscriber, timing.commentEvery());
      run(subscriber);
    } else if (arrival.failure() != null) {
      close(subscriber, "a write failed");
    } else {
      subscriber.writing = false;
      run(subscriber);
    }
  }

  private void enroll(Subscriber subscriber) {
    Feed feed = index.feed(subscriber.request.filter(), seen.next());
    feed.join(subscriber);
    subscriber.feed = feed;
    subscribers.add(subscriber);
  }

  /** So that those who came together are not all due together, which would hold up the others. */
  private static long apart(Subscriber subscriber, Duration every) {
    return every.toNanos() / SPREAD_COUNT * (subscriber.id % SPREAD_COUNT);
  }

  /** Looks at what was appended since the last pass, and wakes whom it concerns. */
  private int readLog() {
    LogState before = seen;
    LogState now = log.state();
    if (now.equals(before)) {
      return 0;
    }
    seen = now;
    long next = before.next();
    if (now.voidBefore() > next) {
      wakeAll(next, now.next());
    } else {
      for (; next < now.next(); next++) {
        if (!(log.read(next) instanceof LogRead.Found found)) {
          wakeAll(
              next, now.next()); // this thread has lagged behind the whole log: all of them have
          break;
        }
        long at = next;
        index.forEachMatching(
            found.entry(),
            feed -> {
              feed.matched(at);
              feed.stirAll(at, this::run);
            });
      }
    }
    if (someoneWaits || now.ready() != before.ready()) {
      someoneWaits = false;
      for (Subscriber subscriber : subscribers) {
        subscriber.owesBookmark |= subscriber.isFollowing() && now.ready() && !before.ready();
        if (subscriber.isWaiting() || subscriber.owesBookmark) {
          stir(subscriber);
        }
      }
    }
    seenPosition = now.position(); // after those whom it concerns are not idle any more
    return 1;
  }

  private void wakeAll(long next, long limit) {
    for (Feed feed : index.all()) {
      feed.forgetBefore(limit);
      feed.stirAll(next, this::run);
    }
  }

  /** Gives a turn to a subscriber that may be idle, although no commit concerns it. */
  private void stir(Subscriber subscriber) {
    Feed feed = subscriber.feed;
    if (feed != null && subscriber.idle) {
      feed.stir(subscriber, seen.next());
    }
    run(subscriber);
  }

  private void run(Subscriber subscriber) {
    if (!subscriber.queued && !subscriber.writing && !subscriber.closed) {
      subscriber.queued = true;
      runnable.add(subscriber);
    }
  }

  private void serve(Subscriber subscriber) {
    Feed feed = subscriber.feed;
    if (feed == null || subscriber.idle) { // idle: it was a comment whose write has ended
      return;
    }
    for (int i = 0; i < WRITES_PER_TURN; i++) {
      if (subscriber.writing || subscriber.closed) {
        return;
      }
      ByteBuffer rest = subscriber.rest;
      ByteBuffer bytes = rest != null ? rest : subscriber.next(log, feed, seen);
      if (subscriber.closed) {
        leaving.add(subscriber);
        return;
      }
      if (bytes == null) {
        rest(subscriber, feed);
        return;
      }
      write(subscriber, bytes);
    }
    run(subscriber);
  }

  /** There is nothing to send now. */
  private void rest(Subscriber subscriber, Feed feed) {
    if (subscriber.isFollowing()) {
      if (subscriber.cursor >= seen.next()) {
        feed.rest(subscriber, seen.next());
      } else {
        run(subscriber); // there is more to look at; others first
      }
      return;
    }
    someoneWaits = true;
    if (!subscriber.opened && !subscriber.mayBeRefused()) {
      write(subscriber, ByteBuffer.wrap(EventFrame.comment()));
    }
  }

  /** Writes the first piece of {@code bytes} and leaves the rest for the next turn. */
  private void write(Subscriber subscriber, ByteBuffer bytes) {
    int size = Math.min(bytes.remaining(), WRITE_BYTES);
    ByteBuffer piece = bytes.slice(bytes.position(), size);
    bytes.position(bytes.position() + size);
    subscriber.rest = bytes.hasRemaining() ? bytes : null;
    subscriber.opened = true;
    subscriber.writing = true;
    subscriber.writeStartedNanos = nanoTime.getAsLong();
    subscriber.startingWrite = true;
    subscriber.sink.write(piece, failure -> written(subscriber, failure));
    subscriber.startingWrite = false;
  }

  private void written(Subscriber subscriber, @Nullable Throwable failure) {
    if (failure == null && Thread.currentThread() == owner && subscriber.startingWrite) {
      subscriber.writing = false; // it ended at once
    } else {
      arrivals.add(new Arrival(subscriber, false, failure));
      wake();
    }
  }

  private void keepAlive(Subscriber subscriber, long now) {
    if (subscriber.writing) {
      if (now - subscriber.writeStartedNanos > timing.writeDeadline().toNanos()) {
        close(subscriber, "took no bytes for " + timing.writeDeadline());
      }
      return;
    }
    if (subscriber.rest != null) {
      return;
    }
    if (seen.ready()
        && subscriber.isFollowing()
        && now - subscriber.lastBookmarkNanos >= timing.bookmarkEvery().toNanos()) {
      subscriber.lastBookmarkNanos = now;
      subscriber.owesBookmark = true;
      stir(subscriber);
    } else if (now - subscriber.lastCommentNanos >= timing.commentEvery().toNanos()) {
      subscriber.lastCommentNanos = now;
      write(subscriber, ByteBuffer.wrap(EventFrame.comment()));
    }
  }

  private void close(Subscriber subscriber, String why) {
    if (!subscriber.closed) {
      subscriber.closed = true;
      leaving.add(subscriber);
      subscriber.sink.abort(why);
    }
  }

  /** Ends every subscription. */
  @Override
  public void stop() {
    for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
      if (arrival.joins()) {
        enroll(arrival.subscriber());
      }
    }
    subscribers.forEach(subscriber -> close(subscriber, "the hub is stopping"));
  }
}
