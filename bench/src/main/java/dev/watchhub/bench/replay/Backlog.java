package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.servers.HubProcess;
import dev.watchhub.bench.servers.LiveHeap;
import dev.watchhub.bench.subscribers.Opening;
import dev.watchhub.bench.subscribers.Pace;
import dev.watchhub.bench.subscribers.Seen;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commits that a database has made, and ways to catch up with them. One thread. */
final class Backlog implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final double MEGABYTE = 1 << 20;
  private static final String READER_SLOT = "bench_reader";
  private static final String HUB_SLOT = "bench_hub";
  private static final String FRESH_SLOT = "bench_fresh";

  /** All of it is to stay in the hub's log. */
  private static final List<String> LONG_LOG =
      List.of("--log-bytes=2147483648", "--log-minutes=1000", "--log-wal-bytes=68719476736");

  private static final List<String> LARGE_HEAP = List.of("-Xmx3g");

  private final RunSettings run;
  private final Database database;
  private final SubscriberProcess client;
  private @Nullable HubProcess hub; // one that has read all of it

  /**
   * @param database has a base slot, and the commits after it
   */
  Backlog(RunSettings run, Database database, SubscriberProcess client) {
    this.run = run;
    this.database = database;
    this.client = client;
  }

  /** By the least that can read a slot. */
  Values byBareReader(int commits) {
    Slots.drop(database, READER_SLOT);
    Slots.copyBase(database, READER_SLOT);
    double seconds = BacklogReader.read(database, READER_SLOT, commits) / 1e9;
    Slots.drop(database, READER_SLOT);
    return Values.none().with(CatchUpArm.CHANGES, commits / seconds).with("seconds", seconds);
  }

  /**
   * By a hub that was away: it is ready later by so much than one whose slot is new.
   *
   * @throws BenchException when it has not read all of it once it is ready
   */
  Values byHub(int commits) {
    close();
    double fresh;
    Slots.create(database, FRESH_SLOT);
    try (HubProcess idle = start(FRESH_SLOT)) {
      fresh = idle.startTime().toNanos() / 1e9;
    }
    Slots.drop(database, FRESH_SLOT);
    Slots.drop(database, HUB_SLOT);
    Slots.copyBase(database, HUB_SLOT);
    HubProcess behind = start(HUB_SLOT);
    hub = behind;
    long read = HubStatus.of(behind.url()).commits();
    if (read < commits) {
      throw new BenchException(
          "the hub is ready after %d commits, expected %d".formatted(read, commits));
    }
    double ready = behind.startTime().toNanos() / 1e9;
    return Values.none()
        .with(CatchUpArm.CHANGES, commits / (ready - fresh))
        .with("seconds", ready - fresh)
        .with("heap MB", LiveHeap.bytes(behind.pid()) / MEGABYTE);
  }

  /** By a client of the hub that has just read it: {@link #byHub} comes first. */
  Values byClient(int commits) {
    if (hub == null) {
      throw new IllegalStateException("there is no hub");
    }
    String position = HubStatus.of(hub.url()).oldestPosition();
    String path = "/watch?onExpired=error&prefix=" + Rows.PREFIX + "&since=" + position;
    client.closeAll();
    client.forget();
    long start = System.nanoTime();
    client.open(new Opening(hub.port(), path, 0, 1, Pace.PROMPT));
    Waiting.until(
        "the client has caught up",
        LOOK_EVERY,
        LIMIT,
        () -> client.seen().events() >= commits || client.seen().bookmarks() > 0);
    Seen seen = client.seen();
    client.closeAll();
    if (seen.events() != commits || seen.missing() > 0 || seen.repeated() > 0) {
      throw new BenchException(
          "the client got %d of %d changes, %d left out, %d repeated"
              .formatted(seen.events(), commits, seen.missing(), seen.repeated()));
    }
    double seconds = (seen.lastEventNanos() - start) / 1e9;
    return Values.none().with(CatchUpArm.CHANGES, commits / seconds).with("seconds", seconds);
  }

  private HubProcess start(String slot) {
    List<String> options = new ArrayList<>(LONG_LOG);
    options.add("--slot=" + slot);
    return HubProcess.start(run, database.jdbcUrl(), LARGE_HEAP, options);
  }

  /** Ends the hub, if there is one. */
  @Override
  public void close() {
    if (hub != null) {
      hub.close();
      hub = null;
    }
  }
}
