package dev.watchhub.verify.load;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.record.SharedCommits;
import dev.watchhub.verify.record.WatchRecording;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One client that watches for half a second, from another place each time. */
final class ShortWatches implements Worker.Step {
  private static final Duration LENGTH = Duration.ofMillis(500);

  private final URI hub;
  private final String name;
  private final WatchDraw draw;
  private final Supplier<Optional<Position>> current;
  private final SharedCommits shared;
  private final Collection<WatchHistory> histories;
  private final Faults faults;

  private @Nullable WatchRecording recording;
  private int number;

  /**
   * @param current a position of just now, if one is known
   * @param histories where each goes when it is over; safe for many threads
   */
  ShortWatches(
      URI hub,
      String name,
      WatchDraw draw,
      Supplier<Optional<Position>> current,
      SharedCommits shared,
      Collection<WatchHistory> histories,
      Faults faults) {
    this.hub = hub;
    this.name = name;
    this.draw = draw;
    this.current = current;
    this.shared = shared;
    this.histories = histories;
    this.faults = faults;
  }

  @Override
  public int poll() {
    stop();
    recording =
        WatchRecording.start(
            hub, draw.request(name + "." + number++, current.get()), shared, faults);
    return 0;
  }

  @Override
  public Duration pause() {
    return LENGTH;
  }

  @Override
  public void stop() {
    WatchRecording over = recording;
    recording = null;
    if (over != null) {
      over.close();
      histories.add(over.history());
    }
  }
}
