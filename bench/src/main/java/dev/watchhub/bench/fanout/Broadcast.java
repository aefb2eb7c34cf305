package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.servers.ServerUse;
import dev.watchhub.bench.subscribers.Opening;
import dev.watchhub.bench.subscribers.Pace;
import dev.watchhub.bench.subscribers.Seen;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** Publishers, a service and its subscribers, set up for one case. One thread. */
final class Broadcast implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  /** How long the rest is waited for where it may be too much for the service. */
  private static final Patience SHORT = new Patience(Duration.ofSeconds(3), Duration.ofSeconds(15));

  /** How long it is waited for where all of it has to come. */
  private static final Patience LONG = new Patience(Duration.ofSeconds(30), Duration.ofMinutes(5));

  private static final double MEGABYTE = 1 << 20;

  /**
   * When the rest of the deliveries is given up.
   *
   * @param silence nothing came for so long
   * @param limit it took so long, whatever came
   */
  private record Patience(Duration silence, Duration limit) {}

  private final Service service;
  private final SubscriberProcess client;
  private final FanOutCase testCase;
  private final OpenLoop publishers;
  private boolean behind;

  private Broadcast(
      Service service, SubscriberProcess client, FanOutCase testCase, OpenLoop publishers) {
    this.service = service;
    this.client = client;
    this.testCase = testCase;
    this.publishers = publishers;
  }

  /**
   * Opens publishers and subscribers, in place of those that {@code client} has.
   *
   * @param publishers the most there may be
   * @param disturbed whether a stalled and a slow subscriber come as well
   */
  static Broadcast start(
      Service service,
      SubscriberProcess client,
      FanOutCase testCase,
      int publishers,
      boolean disturbed) {
    String path = service.path(testCase.layout());
    int port = service.port();
    List<Publisher> opened = new ArrayList<>();
    try {
      client.closeAll();
      if (disturbed) {
        client.open(new Opening(port, path, 0, 1, Pace.STALLED));
        client.open(new Opening(port, path, 0, 1, Pace.SLOW));
      }
      client.open(new Opening(port, path, 0, testCase.subscribers(), Pace.PROMPT));
      int count =
          testCase.layout() == Layout.SHARED
              ? publishers
              : Math.min(publishers, testCase.subscribers());
      for (int i = 0; i < count; i++) {
        opened.add(service.publisher());
      }
      Numbering numbering = new Numbering(testCase.layout(), testCase.subscribers(), count);
      return new Broadcast(service, client, testCase, new OpenLoop(opened, numbering));
    } catch (RuntimeException | Error e) {
      opened.forEach(Publisher::close);
      client.closeAll();
      throw e;
    }
  }

  /**
   * Publishes for a window and waits until all has come, or no more comes.
   *
   * @throws BenchException when an event came twice, or a stream was ended by the server
   */
  Delivered publish(double perSecond, Duration window) {
    return publish(perSecond, window, SHORT);
  }

  /**
   * Publishes for a window as fast as it goes and waits until all has come.
   *
   * @throws BenchException also when not all of it came, or not to everybody
   */
  Delivered publishFlatOut(Duration window) {
    Delivered delivered = publish(OpenLoop.AS_FAST_AS_IT_GOES, window, LONG);
    if (delivered.seen().events() != delivered.due() || delivered.seen().missing() > 0) {
      throw new BenchException(
          "%d of %d deliveries came, %d were passed over; expected all"
              .formatted(delivered.seen().events(), delivered.due(), delivered.seen().missing()));
    }
    return delivered;
  }

  private Delivered publish(double perSecond, Duration window, Patience patience) {
    if (behind) {
      drain(Long.MAX_VALUE, patience); // what the window before has left behind
    }
    client.forget();
    ServerUse.Watch use = ServerUse.of(service.process());
    Optional<ServerUse.Watch> databaseUse = service.database().map(ServerUse::of);
    long start = System.nanoTime();
    long published = publishers.run(perSecond, window);
    long due = published * testCase.layout().deliveries(testCase.subscribers());
    Seen seen = drain(due, patience);
    ServerUse used = use.end();
    ServerUse databaseUsed = databaseUse.map(ServerUse.Watch::end).orElse(null);
    behind = seen.events() < due;
    if (seen.repeated() > 0 || seen.ended() > 0) {
      throw new BenchException(
          "%d events came twice and %d streams were ended by the server; expected neither"
              .formatted(seen.repeated(), seen.ended()));
    }
    long took = Math.max(window.toNanos(), seen.lastEventNanos() - start);
    return new Delivered(published, due, seen, used, databaseUsed, Duration.ofNanos(took));
  }

  /** What was delivered, with what the service holds now. */
  Values values(Delivered delivered) {
    OptionalLong heap = service.heapBytes();
    return heap.isPresent()
        ? delivered.values().with("heap MB", heap.getAsLong() / MEGABYTE)
        : delivered.values();
  }

  private Seen drain(long due, Patience patience) {
    long start = System.nanoTime();
    long lastProgress = start;
    Seen seen = client.seen();
    while (seen.events() < due
        && System.nanoTime() - lastProgress < patience.silence().toNanos()
        && System.nanoTime() - start < patience.limit().toNanos()) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
      Seen now = client.seen();
      if (now.events() > seen.events()) {
        lastProgress = System.nanoTime();
      }
      seen = now;
    }
    return seen;
  }

  @Override
  public void close() {
    try (publishers) {
      client.closeAll();
    }
  }
}
