package dev.watchhub.e2e;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.record.SharedCommits;
import dev.watchhub.verify.record.WatchRecording;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A client that comes back in a loop, each time at another position of the past. */
final class ShortWatches implements Worker.Step {
  private static final int NEAR_BYTES = 200;
  private static final Duration LENGTH = Duration.ofMillis(200);

  private final URI hub;
  private final WatchRecording guide;
  private final String prefix;
  private final String name;
  private final Random random;
  private final SharedCommits shared;
  private final Faults faults;
  private final List<Position> seen = new ArrayList<>(); // the worker's only
  private final Queue<WatchHistory> histories = new ConcurrentLinkedQueue<>();
  private Optional<WatchRecording> current = Optional.empty();
  private int number;

  /**
   * @param guide whose positions it comes back at
   * @param name what its watches are called
   */
  ShortWatches(
      URI hub,
      WatchRecording guide,
      String prefix,
      String name,
      long seed,
      SharedCommits shared,
      Faults faults) {
    this.hub = hub;
    this.guide = guide;
    this.prefix = prefix;
    this.name = name;
    this.random = new Random(seed);
    this.shared = shared;
    this.faults = faults;
  }

  /** What came of the watches that are over. */
  List<WatchHistory> histories() {
    return List.copyOf(histories);
  }

  @Override
  public int poll() {
    stop();
    guide.position().ifPresent(seen::add);
    String client = name + "." + number++;
    Filter filter = Filter.prefix(random.nextBoolean() ? prefix : prefix + "k1");
    WatchRequest request =
        seen.isEmpty() || random.nextInt(5) == 0
            ? WatchRequest.fromTheBeginning(client, filter)
            : WatchRequest.after(client, filter, around(seen.get(random.nextInt(seen.size()))));
    current = Optional.of(WatchRecording.start(hub, request, shared, faults));
    return 0;
  }

  /** The position, or one near it, where no commit need end. */
  private Position around(Position position) {
    return random.nextBoolean()
        ? position
        : position.at(
            new Lsn(position.lsn().value() + random.nextInt(2 * NEAR_BYTES) - NEAR_BYTES));
  }

  @Override
  public Duration pause() {
    return LENGTH;
  }

  @Override
  public void stop() {
    current.ifPresent(
        watch -> {
          watch.close();
          histories.add(watch.history());
        });
    current = Optional.empty();
  }
}
