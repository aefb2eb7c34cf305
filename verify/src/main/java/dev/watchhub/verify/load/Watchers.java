package dev.watchhub.verify.load;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.record.SharedCommits;
import dev.watchhub.verify.record.WatchRecording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The clients of a verification: those that watch from its beginning to its end, most of them cut
 * off now and then, and those that come for half a second.
 *
 * <p>Threading: one thread builds, asks and closes.
 */
final class Watchers implements AutoCloseable {
  private final List<WatchRecording> whole = new ArrayList<>();
  private final Queue<WatchHistory> over = new ConcurrentLinkedQueue<>();
  private final Resources owned = new Resources();
  private final Resources brief = new Resources();
  private final VerifyOptions options;
  private final String prefix;
  private final Faults faults;
  private final SharedCommits shared = new SharedCommits();

  private Watchers(VerifyOptions options, String prefix, Faults faults) {
    this.options = options;
    this.prefix = prefix;
    this.faults = faults;
  }

  /** Starts the clients that watch throughout. */
  static Watchers start(VerifyOptions options, String prefix, Random random, Faults faults) {
    Watchers watchers = new Watchers(options, prefix, faults);
    WatchDraw draw = new WatchDraw(random, prefix);
    for (int i = 0; i < (options.watchers() + 1) / 2; i++) {
      Filter filter = i < 2 ? Filter.prefix(prefix) : draw.filter();
      WatchRequest request = WatchRequest.fromTheBeginning("watcher-" + i, filter);
      watchers.whole.add(
          watchers.owned.own(
              WatchRecording.start(options.hub(), request, watchers.shared, faults)));
    }
    return watchers;
  }

  /** Starts the clients that come and go, and what cuts the others off. */
  void startUnrest(Random random) {
    RecentPositions recent = new RecentPositions(whole.get(0), new Random(random.nextLong()));
    Random cuts = new Random(random.nextLong());
    brief.own(Worker.start("watch-unrest", new Unrest(recent, cuts), faults));
    for (int i = whole.size(); i < options.watchers(); i++) {
      String name = "watcher-" + i;
      ShortWatches watches =
          new ShortWatches(
              options.hub(),
              name,
              new WatchDraw(new Random(random.nextLong()), prefix),
              recent,
              shared,
              over,
              faults);
      brief.own(Worker.start(name, watches, faults));
    }
  }

  private final class Unrest implements Worker.Step {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private final RecentPositions recent;
    private final Random random;

    Unrest(RecentPositions recent, Random random) {
      this.recent = recent;
      this.random = random;
    }

    @Override
    public int poll() {
      recent.note();
      if (random.nextInt(150) == 0 && whole.size() > 1) {
        whole.get(1 + random.nextInt(whole.size() - 1)).cut(); // the first is left in peace
      }
      whole.forEach(WatchRecording::cutIfSilent);
      return 0;
    }

    @Override
    public Duration pause() {
      return PAUSE;
    }
  }

  void stopUnrest() {
    brief.close();
  }

  /** Those that watch throughout. */
  List<WatchRecording> whole() {
    return whole;
  }

  /** Whether a client has everything up to {@code end}. */
  static boolean isAt(WatchRecording recording, Position end) {
    return recording
        .position()
        .filter(p -> p.cluster() == end.cluster() && p.timeline() == end.timeline())
        .filter(p -> p.lsn().compareTo(end.lsn()) >= 0)
        .isPresent();
  }

  /** Ends all clients and returns what they saw. */
  List<WatchHistory> finish() {
    close();
    List<WatchHistory> histories = new ArrayList<>();
    for (WatchRecording recording : whole) {
      histories.add(recording.history().with(Trait.UNTIL_END));
    }
    histories.addAll(over);
    return histories;
  }

  @Override
  public void close() {
    brief.close();
    owned.close();
  }
}
