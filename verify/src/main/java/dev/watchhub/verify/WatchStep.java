package dev.watchhub.verify;

import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that a watching client saw. */
public sealed interface WatchStep {
  /**
   * A connection began.
   *
   * @param after what the client had everything up to; null when it came with nothing
   */
  record Connected(@Nullable Position after) implements WatchStep {}

  /**
   * A snapshot was complete.
   *
   * @param position the state as of which it is; null from a watcher, which does not tell
   * @param count of items, as the hub said
   */
  record Snapshot(@Nullable Position position, long count, List<Item> items) implements WatchStep {
    public Snapshot {
      items = List.copyOf(items);
    }
  }

  /** A commit came; one without a position fills a gap, or is a watcher's. */
  record Committed(Commit commit) implements WatchStep {}

  /** A bookmark came. */
  record Bookmark(Position position) implements WatchStep {}

  /** What the client held is void. */
  record Reset(ResetReason reason) implements WatchStep {}

  /**
   * The hub answered with an error instead of a stream.
   *
   * @param status of HTTP
   */
  record Refused(int status) implements WatchStep {}

  /**
   * Something came that the protocol does not have.
   *
   * @param promise what it breaks
   * @param expected what would have been right
   * @param fault what is wrong
   */
  record Malformed(Promise promise, String expected, String fault) implements WatchStep {}
}
