package dev.watchhub.hub.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.hub.fanout.Feed.Batch;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogSearch;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.protocol.EventFrame;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One client's place in the log: decides what it is sent next.
 *
 * <p>Threading: the thread of its {@link Shard} only; the fields that are marked so may be read
 * anywhere.
 */
final class Subscriber {
  /** What a subscriber is at. */
  private enum Phase {
    /** Nothing can be decided yet: the hub is not ready, or the position lies ahead of it. */
    WAITING,
    SNAPSHOT,
    FOLLOWING
  }

  // Fixed at construction.
  final long id;
  final String address;
  final @Nullable String node;
  final WatchRequest request;
  final Sink sink;
  private final long heartbeatsSentBefore;

  // Read anywhere.
  volatile long cursor; // of the next commit to look at; not kept up while idle
  volatile @Nullable Position position; // the last one that it may resume at
  volatile boolean idle;

  // The shard's thread only.
  @Nullable Feed feed; // from when its shard takes it until it has gone
  boolean writing;
  @Nullable ByteBuffer rest; // of what it is being sent, after the write that is under way
  boolean startingWrite;
  boolean opened;
  boolean closed;
  boolean queued;
  boolean owesBookmark;
  long writeStartedNanos;
  long lastBookmarkNanos;
  long lastCommentNanos;
  private Phase phase = Phase.WAITING;
  private @Nullable Position since;
  private @Nullable SnapshotCursor snapshot;
  private @Nullable Position snapshotPosition;

  /**
   * A subscriber that nothing was sent to.
   *
   * @param node what the client calls itself; null when it does not
   * @param heartbeatsSentBefore number of the newest heartbeat sent when the request came
   */
  Subscriber(
      long id,
      String address,
      @Nullable String node,
      WatchRequest request,
      Sink sink,
      long heartbeatsSentBefore) {
    this.id = id;
    this.address = address;
    this.node = node;
    this.request = request;
    this.sink = sink;
    this.heartbeatsSentBefore = heartbeatsSentBefore;
    this.since = request.since();
  }

  /** Whether the status of the answer hangs on what is found at the position. */
  boolean mayBeRefused() {
    return !opened && since != null && !request.resettable();
  }

  boolean isWaiting() {
    return phase == Phase.WAITING;
  }

  boolean isFollowing() {
    return phase == Phase.FOLLOWING;
  }

  /**
   * The next bytes to send; null when there is nothing to send now, or when the subscription has
   * just ended.
   *
   * @param seen how far the fan-out has come; nothing after it is sent
   */
  @Nullable ByteBuffer next(ChangeLog log, Feed feed, LogState seen) {
    return switch (phase) {
      case WAITING -> seen.ready() ? begin(log, seen) : null;
      case SNAPSHOT -> continueSnapshot();
      case FOLLOWING -> follow(feed, seen);
    };
  }

  private @Nullable ByteBuffer begin(ChangeLog log, LogState seen) {
    Position from = since;
    if (from == null) {
      cursor = seen.next();
      if (!request.snapshot()) {
        phase = Phase.FOLLOWING;
        position = seen.position();
        return ByteBuffer.wrap(EventFrame.bookmark(seen.position()));
      }
      phase = Phase.SNAPSHOT;
      snapshot = new SnapshotCursor(seen.image(), request.filter());
      snapshotPosition = seen.position();
      return continueSnapshot();
    }
    LogSearch found = log.find(seen, from);
    if (found instanceof LogSearch.Resume resume) {
      cursor = resume.cursor();
      position = from;
      phase = Phase.FOLLOWING;
      owesBookmark = true;
      return ByteBuffer.wrap(EventFrame.comment()); // opens the stream, whatever follows
    }
    if (found instanceof LogSearch.Lost lost) {
      return lose(lost.reason(), seen);
    }
    // A heartbeat sent after the request stands behind all that the server had flushed by then.
    return seen.heartbeat() > heartbeatsSentBefore ? lose(ResetReason.AHEAD, seen) : null;
  }

  private @Nullable ByteBuffer continueSnapshot() {
    SnapshotCursor rest = snapshot;
    Position at = snapshotPosition;
    if (rest == null || at == null) {
      throw new IllegalStateException("no snapshot is under way");
    }
    byte[] chunk = rest.nextChunk().orElse(null);
    if (chunk != null) {
      return ByteBuffer.wrap(chunk);
    }
    phase = Phase.FOLLOWING;
    snapshot = null;
    position = at;
    return ByteBuffer.wrap(EventFrame.synced(at, rest.count()));
  }

  private @Nullable ByteBuffer follow(Feed feed, LogState seen) {
    if (cursor < seen.next()) {
      Batch batch = feed.batch(cursor, seen.next());
      if (batch instanceof Batch.Trimmed trimmed) {
        return lose(trimmed.reason(), seen);
      }
      Batch.Events events = (Batch.Events) batch;
      cursor = events.next();
      if (events.position() != null) {
        position = events.position();
      }
      owesBookmark |= events.endsWithoutId();
      if (events.bytes() != null) {
        return events.bytes().duplicate();
      }
    }
    if (owesBookmark && seen.ready() && cursor >= seen.next()) {
      owesBookmark = false;
      position = seen.position();
      return ByteBuffer.wrap(EventFrame.bookmark(seen.position()));
    }
    return null;
  }

  private @Nullable ByteBuffer lose(ResetReason reason, LogState seen) {
    if (request.resettable()) {
      since = null;
      position = null;
      snapshot = null;
      owesBookmark = false;
      phase = Phase.WAITING;
      return ByteBuffer.wrap(EventFrame.reset(reason));
    }
    closed = true;
    if (opened) {
      sink.end(ByteBuffer.wrap((": " + reason.wire() + "\n\n").getBytes(UTF_8)));
    } else {
      sink.refuse(reason, seen.oldestPosition());
    }
    return null;
  }
}
