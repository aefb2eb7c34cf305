package dev.watchhub.controlplane.compaction;

import dev.watchhub.controlplane.hubs.HubPositions;
import dev.watchhub.controlplane.store.CompactionHold;
import dev.watchhub.controlplane.store.CompactionRecord;
import dev.watchhub.controlplane.store.CompactionRule;
import dev.watchhub.controlplane.store.CompactionSession;
import dev.watchhub.controlplane.store.CompactionStore;
import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Compacts when it is asked, and by itself as it was told.
 *
 * <p>Threading: any thread; the worker {@code compaction} does what is done by itself.
 */
public final class Compactor implements AutoCloseable {
  /**
   * What a compaction did, or would do.
   *
   * @param removed rows that are gone
   * @param held tombstones that stay because somebody who follows has not seen them
   */
  public record Outcome(long removed, long held) {}

  private final CompactionStore store;
  private final Followers followers;
  private final CompactionOptions options;
  private final InstantSource clock;
  private final Worker worker;
  private volatile boolean closing;

  private Compactor(
      CompactionStore store,
      Followers followers,
      CompactionOptions options,
      InstantSource clock,
      Worker worker) {
    this.store = store;
    this.followers = followers;
    this.options = options;
    this.clock = clock;
    this.worker = worker;
  }

  /**
   * Starts compacting by itself, if the options say so; the caller owns it.
   *
   * @param hubs whose subscribers are waited for
   */
  public static Compactor start(
      CompactionStore store, List<URI> hubs, CompactionOptions options, Faults faults) {
    InstantSource clock = InstantSource.system();
    Followers followers = new Followers(store, new HubPositions(hubs));
    AutomaticCompaction automatic = new AutomaticCompaction(store, followers, options, clock);
    return new Compactor(
        store, followers, options, clock, Worker.start("compaction", automatic, faults));
  }

  /**
   * Compacts now, and returns when it is done; empty if somebody else compacts.
   *
   * @param dryRun whether to count only; that asks for no turn
   * @throws StoreException if the database does not do it; a part may be done
   */
  public Optional<Outcome> compact(CompactionRule rule, boolean dryRun) {
    try (CompactionSession session = store.session()) {
      if (!dryRun && !session.tryLock()) {
        return Optional.empty();
      }
      CompactionRun run =
          new CompactionRun(session, rule, hold(followers, rule, options, clock), dryRun);
      while (run.step() && !closing) {
        LockSupport.parkNanos(run.pause().toNanos());
      }
      return Optional.of(new Outcome(run.removed(), run.held()));
    }
  }

  /** What stays for those who follow, for the configured time after it may go. */
  static CompactionHold hold(
      Followers followers, CompactionRule rule, CompactionOptions options, InstantSource clock) {
    long unseen = followers.unseenTxid();
    if (unseen == Long.MAX_VALUE) {
      return CompactionHold.NONE;
    }
    Long before = rule.beforeMillis();
    long mayGo = before == null ? clock.millis() : Math.min(before, clock.millis());
    return new CompactionHold(unseen, mayGo - options.tombstoneWait().toMillis());
  }

  /** What is compacted by itself. */
  public CompactionOptions options() {
    return options;
  }

  /** What was compacted by itself, by whichever control plane. */
  public CompactionRecord record() {
    return store.record();
  }

  /** Ends what runs, after its step. */
  @Override
  public void close() {
    closing = true;
    worker.close();
  }

  /** Between two looks at whether there is something to do. */
  static Duration idlePause() {
    return Followers.markEvery();
  }
}
