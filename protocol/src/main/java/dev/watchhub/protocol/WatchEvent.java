package dev.watchhub.protocol;

import java.util.List;

/** One event of a watch, as {@code GET /watch} sends it. */
public sealed interface WatchEvent {
  /** The name in the {@code event:} line. */
  String name();

  /** A part of the snapshot; whole only at {@link Synced}. */
  record Snapshot(List<Item> items) implements WatchEvent {
    public Snapshot {
      items = List.copyOf(items);
    }

    @Override
    public String name() {
      return "snapshot";
    }
  }

  /**
   * The snapshot is complete: all live keys under the filter at {@code position}.
   *
   * @param count items in all of its parts
   */
  record Synced(Position position, long count) implements WatchEvent {
    @Override
    public String name() {
      return "synced";
    }
  }

  /** One transaction. */
  record Committed(Commit commit) implements WatchEvent {
    @Override
    public String name() {
      return "commit";
    }
  }

  /** The subscriber has everything up to {@code position}. */
  record Bookmark(Position position) implements WatchEvent {
    @Override
    public String name() {
      return "bookmark";
    }
  }

  /** What the subscriber holds is void: the snapshot that follows takes its place. */
  record Reset(ResetReason reason) implements WatchEvent {
    @Override
    public String name() {
      return "reset";
    }
  }
}
