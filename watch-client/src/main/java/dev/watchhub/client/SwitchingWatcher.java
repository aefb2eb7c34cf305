package dev.watchhub.client;

import dev.watchhub.client.SwitchRefusedException.Reason;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watcher whose mode can be changed while it runs.
 *
 * <p>The other source is followed in the background, and nobody hears it, while the active one goes
 * on telling. The other one takes over at a moment at which
 *
 * <ol>
 *   <li>everything of its own snapshot was told by the active one, and
 *   <li>it has itself reached, key by key, the revision of everything that was told; a key that was
 *       told to be live must have been named by it.
 * </ol>
 *
 * What it has said since its snapshot, and was not told, is then told as one commit.
 *
 * <p>Why that is exact. A source says every row that is not in its snapshot's past. A row that the
 * listener lacks at that moment is therefore either in the snapshot's past or said since. In the
 * past of the snapshot there can be none: the newest row of a key that is live there was told
 * because of 1, so were those before it, since a source tells the rows of a key in their order; and
 * a key that is not live there, but was told to be, would not satisfy 2 before it is named. So
 * nothing is missed. Nothing is told twice and nothing goes back, because a {@link FoldGuard} lets
 * only higher revisions of a key pass, deletions remembered. Transactions stay whole, because each
 * source tells them whole. Under a constant load the two are never equal by themselves, since one
 * of them is always a little ahead: the active one is held back for moments of 100 ms at most.
 *
 * <p>When the active one is lost, 1 cannot come about. Then 2 is enough, if it is also known that
 * keys that the other does not name were deleted: by their tombstones or their compaction, which a
 * database is asked for, or because a hub is at or beyond any place in the log that the database's
 * answers can have reached. The difference between both states is told as one commit; versions of a
 * key that were written and replaced meanwhile are passed over. If the other is of a newer
 * timeline, what was told may never have happened, and a snapshot is told. One case is beyond what
 * can be known: a row that only the lost hub has told, that the database hides since its
 * synchronous standby does not answer, and past which a compaction has run, counts as deleted.
 *
 * <p>Threading: the sources have a thread each, which waits for the other's turn; so the listener
 * is called by one thread at a time, in order, and each sees what the one before has done. It is
 * called under the lock that makes the turns; it must not close or switch the watcher, and nothing
 * else waits for that lock for long. Public methods may be called by any other thread.
 */
public final class SwitchingWatcher implements SwitchableWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(SwitchingWatcher.class);
  private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  // Fixed at construction.
  private final WatchBackends backends;
  private final SwitchLimits limits;
  private final Faults faults;
  private final LongSupplier nanoTime = System::nanoTime;
  private final InstantSource clock = InstantSource.system();
  private final ReentrantLock switching = new ReentrantLock(); // one at a time; before turn
  private final ReentrantLock turn = new ReentrantLock();
  private final Condition changed = turn.newCondition();
  private final Follower.Ear ear =
      new Follower.Ear() {
        @Override
        public void onNews(Follower follower, News news) {
          hear(follower, news);
        }

        @Override
        public void onStatus(Follower follower, WatchStatus newStatus) {
          hear(follower, newStatus);
        }
      };

  // Guarded by turn.
  private final Teller teller;
  private Follower active;
  private @Nullable Follower joining; // the one in the background
  private Candidate candidate; // what it has said
  private long stableNanos; // how long it has to follow first
  private boolean spoiled; // it has to begin anew
  private long freeUntilNanos; // the active one is not held back
  private boolean closing;

  // Written under turn, read anywhere.
  private volatile WatchStatus status;
  private volatile ModeStatus mode;

  // Written once, by the thread that starts.
  private volatile @Nullable Worker fallback;

  // Atomic.
  private final AtomicInteger asked = new AtomicInteger(); // the newest wish cancels the others

  private SwitchingWatcher(
      WatchBackends backends,
      WatchMode first,
      SwitchLimits limits,
      WatchListener listener,
      Faults faults)
      throws SwitchRefusedException {
    this.backends = backends;
    this.limits = limits;
    this.faults = faults;
    teller = new Teller(listener);
    candidate = new Candidate(teller.told());
    mode = new ModeStatus(first, first, clock.instant());
    freeUntilNanos = nanoTime.getAsLong();
    turn.lock();
    try {
      active = new Follower(first, backends.source(first, false), ear, nanoTime, faults);
      status = active.status();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Starts to follow; it connects in the background.
   *
   * @param fallback what is followed while {@code first}, or what is chosen later, is away for 10
   *     s; null for nothing
   * @throws IllegalArgumentException if {@code backends} has nothing for one of the modes
   */
  public static SwitchingWatcher start(
      WatchBackends backends,
      WatchMode first,
      @Nullable WatchMode fallback,
      WatchListener listener,
      Faults faults) {
    return start(backends, first, fallback, SwitchLimits.DEFAULT, listener, faults);
  }

  static SwitchingWatcher start(
      WatchBackends backends,
      WatchMode first,
      @Nullable WatchMode fallback,
      SwitchLimits limits,
      WatchListener listener,
      Faults faults) {
    try {
      if (fallback != null) {
        backends.require(fallback);
      }
      SwitchingWatcher watcher = new SwitchingWatcher(backends, first, limits, listener, faults);
      if (fallback != null) {
        Fallback step = new Fallback(watcher, fallback, limits);
        watcher.fallback = Worker.start("watch-fallback", step, faults);
      }
      return watcher;
    } catch (SwitchRefusedException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** How the mode that is followed stands now. */
  @Override
  public WatchStatus status() {
    return status;
  }

  @Override
  public ModeStatus mode() {
    return mode;
  }

  @Override
  public void switchTo(WatchMode wanted) throws SwitchRefusedException {
    int wish = asked.incrementAndGet();
    switching.lock();
    try {
      attempt(wanted, wish, limits.reach(), Duration.ZERO);
      ModeStatus now = mode;
      mode = new ModeStatus(now.mode(), wanted, now.since());
    } finally {
      switching.unlock();
    }
  }

  /** The same, not because it was asked for. A wish cancels it. */
  void divertTo(WatchMode other, Duration reach, Duration stable) throws SwitchRefusedException {
    int wish = asked.get();
    switching.lock();
    try {
      attempt(other, wish, reach, stable);
    } finally {
      switching.unlock();
    }
  }

  /** How long the active one has not been following; zero while it is. */
  Duration lostFor() {
    turn.lock();
    try {
      return active.isFollowing() ? Duration.ZERO : Duration.ofNanos(active.nanosSoFar());
    } finally {
      turn.unlock();
    }
  }

  private void attempt(WatchMode wanted, int wish, Duration reach, Duration stable)
      throws SwitchRefusedException {
    if (mode.mode() == wanted) {
      return;
    }
    WatchMode before = mode.mode();
    long reachBy = nanoTime.getAsLong() + reach.plus(stable).toNanos();
    Follower other = join(wanted, stable);
    while (awaitTurn(other, wish, reachBy)) {
      other = join(wanted, stable);
    }
    LOG.info("watch mode {} has taken over from {}", wanted.word(), before.word());
  }

  private Follower join(WatchMode wanted, Duration stable) throws SwitchRefusedException {
    Source source = backends.source(wanted, true);
    turn.lock();
    try {
      spoiled = false;
      candidate = new Candidate(teller.told());
      stableNanos = stable.toNanos();
      Follower other = new Follower(wanted, source, ear, nanoTime, faults);
      other.hurry(true);
      joining = other;
      return other;
    } finally {
      turn.unlock();
    }
  }

  /**
   * Waits until {@code other} has taken over, and closes the one of both that goes.
   *
   * @return whether it has to begin anew instead
   */
  private boolean awaitTurn(Follower other, int wish, long reachBy) throws SwitchRefusedException {
    Follower before;
    turn.lock();
    try {
      before = active;
      while (active != other && !spoiled) {
        refuseIfHopeless(other, wish, reachBy);
        active.hurry(mayTakeOver());
        changed.awaitNanos(TICK_NANOS);
        takeOverIfPossible();
      }
      if (active != other) {
        joining = null;
        return true;
      }
    } catch (SwitchRefusedException e) {
      joining = null;
      throw e;
    } catch (InterruptedException e) {
      joining = null;
      Thread.currentThread().interrupt();
      throw new SwitchRefusedException(Reason.CONFLICT, "interrupted");
    } catch (RuntimeException | Error e) {
      joining = null;
      faults.fatal("watch-switch", e); // the listener's own; nobody else would end the process
      throw e;
    } finally {
      active.hurry(false);
      turn.unlock();
      if (mode.mode() != other.mode()) {
        other.close();
      }
    }
    before.close();
    return false;
  }

  private void refuseIfHopeless(Follower other, int wish, long reachBy)
      throws SwitchRefusedException {
    if (closing) {
      throw new SwitchRefusedException(Reason.CONFLICT, "the watcher is being closed");
    }
    if (asked.get() != wish) {
      throw new SwitchRefusedException(Reason.CONFLICT, "another watch mode was asked for");
    }
    if (candidate.isSynced() && !Extent.sameCluster(candidate.extent(), teller.extent())) {
      throw new SwitchRefusedException(
          Reason.CONFLICT,
          "watch mode %s follows another database cluster than mode %s"
              .formatted(other.mode().word(), active.mode().word()));
    }
    long late = nanoTime.getAsLong() - reachBy;
    if (late > 0 && !other.isFollowing()) {
      throw new SwitchRefusedException(Reason.UNREACHABLE, other.status().detail());
    }
    if (late > limits.catchUp().toNanos()) {
      throw new SwitchRefusedException(
          Reason.UNREACHABLE,
          "watch mode %s has not caught up: %s".formatted(other.mode().word(), candidate.lag()));
    }
  }

  private void hear(Follower follower, News news) {
    turn.lock();
    try {
      if (follower == active) {
        holdBack(follower);
      }
      if (follower == active) { // it may have been relieved meanwhile
        tell(news);
      } else if (follower == joining) {
        candidate.hear(news);
      }
      takeOverIfPossible();
      changed.signalAll();
    } finally {
      turn.unlock();
    }
  }

  private void tell(News news) {
    if (news instanceof News.Changed more) {
      candidate.toldAlso(teller.tell(more.commit(), more.extent()));
    } else {
      teller.onNews(news);
      candidate.toldAlso(List.of());
      spoiled |= news instanceof News.Everything; // the guard, by which it compares, is void
    }
  }

  /** Lets the one in the background catch up, when that is all that is missing. */
  private void holdBack(Follower follower) {
    long now = nanoTime.getAsLong();
    if (now - freeUntilNanos < 0) {
      return;
    }
    long rest = HOLD_NANOS;
    try {
      while (rest > 0 && follower == active && isAboutToTakeOver()) {
        rest = changed.awaitNanos(rest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (rest < HOLD_NANOS) {
      freeUntilNanos = nanoTime.getAsLong() + HOLD_NANOS;
    }
  }

  private boolean isAboutToTakeOver() {
    return !closing && !spoiled && mayTakeOver() && isPassed();
  }

  private boolean mayTakeOver() {
    return joining != null
        && joining.isFollowing()
        && joining.nanosSoFar() >= stableNanos
        && candidate.isSynced()
        && Extent.sameCluster(candidate.extent(), teller.extent());
  }

  private boolean isPassed() {
    return Extent.compareTimelines(candidate.extent(), teller.extent()) == 0
        && candidate.isPassed(teller.extent(), active.mode() == WatchMode.NOTIFY);
  }

  private void takeOverIfPossible() {
    Follower other = joining;
    if (other == null || spoiled || closing || !mayTakeOver() || !tellWhatIsMissing()) {
      return;
    }
    active = other;
    joining = null;
    mode = new ModeStatus(other.mode(), mode.chosen(), clock.instant());
    other.hurry(false);
    becomeStatus(other.status());
    changed.signalAll();
  }

  /** Tells what the one in the background knows beyond, if it may take over by that. */
  private boolean tellWhatIsMissing() {
    Extent extent = candidate.extent();
    Extent both = extent == null ? null : extent.boundedWith(teller.extent());
    if (!teller.hasTold()) {
      teller.replace(candidate.live(), both);
      return true;
    }
    if (isPassed() && candidate.hasReached()) {
      tellBeyond(both);
      return true;
    }
    if (active.isFollowing() || active.nanosSoFar() < limits.lost().toNanos()) {
      return false;
    }
    switch (candidate.verdict(teller.extent())) {
      case BEHIND -> {
        return false;
      }
      case AHEAD -> tellDifference(both);
      case NEWER_TIMELINE -> teller.replace(candidate.live(), extent);
    }
    return true;
  }

  private void tellBeyond(@Nullable Extent extent) {
    List<Commit> beyond = candidate.beyond();
    if (beyond.size() == 1) {
      teller.tell(beyond.get(0), extent);
    } else {
      List<Change> changes = beyond.stream().flatMap(commit -> commit.changes().stream()).toList();
      teller.tell(new Commit(null, null, changes), extent);
    }
  }

  private void tellDifference(@Nullable Extent extent) {
    teller.tell(new Commit(null, null, candidate.difference(clock.millis())), extent);
  }

  private void hear(Follower follower, WatchStatus newStatus) {
    turn.lock();
    try {
      follower.become(newStatus);
      if (follower == active) {
        becomeStatus(newStatus);
      }
      takeOverIfPossible();
      changed.signalAll();
    } finally {
      turn.unlock();
    }
  }

  private void becomeStatus(WatchStatus newStatus) {
    status = newStatus;
    teller.onStatus(newStatus);
  }

  @Override
  public void close() {
    turn.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      turn.unlock();
    }
    Worker looking = fallback;
    if (looking != null) {
      looking.close();
    }
    switching.lock(); // what is being waited for ends first
    try {
      active.close();
    } finally {
      switching.unlock();
    }
  }
}
