package dev.watchhub.client;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells a {@link WatchListener} the news, no change twice.
 *
 * <p>A hub that fills a gap from its table sends commits at which nobody may resume, so a watcher
 * that is cut among them hears them again.
 *
 * <p>Threading: not thread-safe; one thread at a time.
 */
final class Teller implements NewsListener {
  private final WatchListener listener;
  private final FoldGuard told = new FoldGuard();
  private boolean hasTold;
  private @Nullable Extent extent;

  Teller(WatchListener listener) {
    this.listener = listener;
  }

  @Override
  public void onNews(News news) {
    if (news instanceof News.Everything everything) {
      replace(everything.items(), everything.extent());
    } else if (news instanceof News.Changed changed) {
      tell(changed.commit(), changed.extent());
    } else if (news instanceof News.UpToDate upToDate) {
      reach(upToDate.extent());
      tellReached(upToDate.extent());
    }
  }

  /** Tells a snapshot. */
  void replace(List<Item> items, @Nullable Extent newExtent) {
    told.replace(items);
    hasTold = true;
    extent = newExtent;
    listener.onSnapshot(items);
    tellReached(newExtent);
  }

  /** Tells of a commit what was not told yet, and returns that. */
  List<Change> tell(Commit commit, @Nullable Extent newExtent) {
    List<Change> admitted = told.admit(commit.changes());
    reach(newExtent);
    if (!admitted.isEmpty()) {
      listener.onCommit(
          admitted.size() == commit.changes().size()
              ? commit
              : new Commit(commit.position(), commit.committedAt(), admitted));
    }
    tellReached(newExtent);
    return admitted;
  }

  private void tellReached(@Nullable Extent newExtent) {
    Reached reached = newExtent == null ? null : newExtent.reached();
    if (reached != null && hasTold) {
      listener.onReached(reached);
    }
  }

  private void reach(@Nullable Extent newExtent) {
    if (newExtent != null) {
      extent = newExtent;
    }
  }

  @Override
  public void onStatus(WatchStatus status) {
    listener.onStatus(status);
  }

  /** What was told. */
  FoldGuard told() {
    return told;
  }

  /** Whether a snapshot was told. */
  boolean hasTold() {
    return hasTold;
  }

  /** How far what was told reaches; null when that is not known. */
  @Nullable Extent extent() {
    return extent;
  }
}
