package dev.watchhub.protocol;

import java.util.List;

/** One event of a watch, as {@code GET /watch} sends it. */
public sealed interface WatchEvent {
  /** A part of the snapshot; whole only at {@link Synced}. */
  record Snapshot(List<Item> items) implements WatchEvent {
    public Snapshot {
      items = List.copyOf(items);
    }
  }

  /**
   * The snapshot is complete: all live keys under the filter at {@code position}.
   *
   * @param count items in all of its parts
   */
  record Synced(Position position, long count) implements WatchEvent {}

  /** One transaction. */
  record Committed(Commit commit) implements WatchEvent {}

  /** The subscriber has everything up to {@code position}. */
  record Bookmark(Position position) implements WatchEvent {}

  /** What the subscriber holds is void: the snapshot that follows takes its place. */
  record Reset(ResetReason reason) implements WatchEvent {}
}
