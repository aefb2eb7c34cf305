package dev.watchhub.controlplane.compaction;

import dev.watchhub.controlplane.store.CompactionRule;
import dev.watchhub.controlplane.store.CompactionSession;
import dev.watchhub.controlplane.store.CompactionStore;
import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.lifecycle.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts whenever it is time and no other control plane does. The turn is a lock of the session:
 * one that is lost, or stands still, gives it up.
 *
 * <p>Threading: the worker's thread, {@link #unblock} excepted.
 */
final class AutomaticCompaction implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(AutomaticCompaction.class);

  private final CompactionStore store;
  private final Followers followers;
  private final CompactionOptions options;
  private final InstantSource clock;

  // The worker's thread.
  private final Deque<CompactionRule> rules = new ArrayDeque<>(); // still to do in this run
  private @Nullable CompactionRun run;
  private long removed;
  private long held;
  private Duration pause = Duration.ZERO;

  // Written by the worker's thread, read by the one that closes.
  private volatile @Nullable CompactionSession session;

  AutomaticCompaction(
      CompactionStore store, Followers followers, CompactionOptions options, InstantSource clock) {
    this.store = store;
    this.followers = followers;
    this.options = options;
    this.clock = clock;
  }

  @Override
  public int poll() {
    try {
      pause = work();
    } catch (StoreException e) {
      if (session == null) {
        LOG.debug("compaction waits for the database", e);
      } else {
        LOG.warn("compaction ended early, and begins again later: {}", e.getMessage());
      }
      end(e.getMessage());
      pause = Compactor.idlePause();
    }
    return 0;
  }

  @Override
  public Duration pause() {
    return pause;
  }

  private Duration work() {
    CompactionSession mine = session;
    if (mine == null) {
      followers.mark();
      if (!options.automatic() || !isDue()) {
        return Compactor.idlePause();
      }
      mine = begin();
      if (mine == null) {
        return Compactor.idlePause();
      }
    }
    CompactionRun current = run;
    if (current == null) {
      CompactionRule rule = rules.poll();
      if (rule == null) {
        end(null);
        return Compactor.idlePause();
      }
      current =
          new CompactionRun(mine, rule, Compactor.hold(followers, rule, options, clock), false);
      run = current;
    }
    if (!current.step()) {
      removed += current.removed();
      held += current.held();
      run = null;
    }
    return current.pause();
  }

  /** By the clock here; whether a run begins is decided by that of the database. */
  private boolean isDue() {
    Instant began = store.record().beganAt();
    Instant now = clock.instant();
    return began == null || began.isAfter(now) || !now.isBefore(began.plus(options.every()));
  }

  private @Nullable CompactionSession begin() {
    CompactionSession opened = store.session();
    boolean mine = false;
    try {
      mine = opened.tryLock() && opened.begins(options.every().toMillis());
    } finally {
      if (!mine) {
        opened.close();
      }
    }
    if (!mine) {
      return null;
    }
    session = opened;
    removed = 0;
    held = 0;
    Duration retain = options.retain();
    if (retain != null) {
      rules.add(CompactionRule.beforeTime(clock.millis() - retain.toMillis()));
    }
    Long rows = options.retainRevisions();
    if (rows != null) {
      rules.add(CompactionRule.keeping(rows));
    }
    return opened;
  }

  /** Ends the run and notes what it did, if the session still can. */
  private void end(@Nullable String error) {
    CompactionSession mine = session;
    CompactionRun unfinished = run;
    session = null;
    run = null;
    rules.clear();
    if (mine == null) {
      return;
    }
    if (unfinished != null) {
      removed += unfinished.removed();
      held += unfinished.held();
    }
    try (mine) {
      mine.ended(removed, held, error);
    } catch (StoreException e) {
      LOG.debug("what compaction did could not be noted", e);
    }
  }

  @Override
  public void unblock() {
    CompactionSession mine = session;
    if (mine != null) {
      mine.abort();
    }
  }

  @Override
  public void stop() {
    end("stopped");
  }
}
