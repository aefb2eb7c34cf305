package dev.watchhub.bench.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.servers.LiveHeap;
import dev.watchhub.bench.servers.ServerUse;
import dev.watchhub.bench.subscribers.Opening;
import dev.watchhub.bench.subscribers.Pace;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What a subscriber costs a hub in memory while nothing happens. */
final class IdleArm implements Arm<IdleCase> {
  static final String HEAP = "heap KB/subscriber";

  private static final Duration LEAVE_LIMIT = Duration.ofMinutes(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final Service hub;
  private final Layout layout;
  private final SubscriberProcess client;

  IdleArm(Service hub, Layout layout, SubscriberProcess client) {
    this.hub = hub;
    this.layout = layout;
    this.client = client;
  }

  @Override
  public String name() {
    return "hub, " + layout.words();
  }

  @Override
  public RunningArm start(IdleCase testCase) {
    client.closeAll();
    awaitNobody();
    return new RunningArm() {
      @Override
      public Values measure(Duration window) {
        return IdleArm.this.measure(testCase.subscribers());
      }

      @Override
      public void close() {
        client.closeAll();
      }
    };
  }

  private Values measure(int subscribers) {
    long pid = hub.process().pid();
    long before = LiveHeap.bytes(pid);
    client.open(new Opening(hub.port(), hub.path(layout), 0, subscribers, Pace.PROMPT));
    long after = LiveHeap.bytes(pid);
    return Values.none()
        .with(HEAP, (after - before) / 1024.0 / subscribers)
        .with("heap MB without", before / 1048576.0)
        .with("heap MB with", after / 1048576.0)
        .with("memory MB with", ServerUse.of(hub.process()).end().memoryMegabytes());
  }

  /** A hub notices at its next write that a client has gone: a bookmark, within 10 s. */
  private void awaitNobody() {
    long start = System.nanoTime();
    while (!status().contains("\"subscribers\":0,")) {
      if (System.nanoTime() - start > LEAVE_LIMIT.toNanos()) {
        throw new BenchException(
            "the hub still has subscribers %s after they left".formatted(LEAVE_LIMIT));
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }

  private String status() {
    URI uri = URI.create("http://127.0.0.1:" + hub.port() + "/status");
    try (InputStream in = uri.toURL().openStream()) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the hub's /status", e);
    }
  }
}
