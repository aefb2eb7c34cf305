package dev.watchhub.e2e;

import static org.awaitility.Awaitility.await;

import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.fanout.Timing;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.replication.Source;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A hub that a fault can hit: in this process, or in one of its own that can be killed. */
interface TestHub extends AutoCloseable {
  Duration READY_LIMIT = Duration.ofSeconds(30);

  int port();

  /** Ends it without a word; only one in its own process. */
  void kill();

  /** Ends it in order. */
  @Override
  void close();

  /** Waits until it serves the table as it is now. */
  default void awaitReady() {
    await("the hub is ready").atMost(READY_LIMIT).until(() -> readiness().startsWith("200"));
  }

  /** What {@code /readyz} answers: status and body. */
  default String readiness() {
    try {
      Http.Answer answer = Http.get(port(), "/readyz");
      return answer.status() + " " + answer.body();
    } catch (UncheckedIOException notYet) {
      return "not listening: " + notYet.getMessage();
    }
  }

  /** What {@code /subscribers} answers. */
  default String subscribers() {
    return Http.get(port(), "/subscribers").body();
  }

  /** What {@code /status} answers. */
  default String status() {
    return Http.get(port(), "/status").body();
  }

  /** Starts one in this process. */
  static TestHub here(String jdbcUrl, LogBounds bounds, Timing timing) {
    List<AssertionError> faults = new CopyOnWriteArrayList<>();
    HubOptions options =
        new HubOptions(
            ListenAddress.loopback(0),
            new Source(jdbcUrl, "public", FaultBed.SLOT, FaultBed.PUBLICATION),
            bounds,
            timing,
            1);
    WatchHub hub =
        WatchHub.start(
            options, (component, cause) -> faults.add(new AssertionError(component, cause)));
    return new Here(hub, faults);
  }

  /** Starts one in a process of its own. */
  static TestHub elsewhere(String jdbcUrl, LogBounds bounds) {
    Ports ports = Ports.free();
    return new Elsewhere(
        WatchhubProcess.start(
            "hub",
            "--jdbc-url=" + jdbcUrl,
            "--port-offset=" + ports.offset(),
            "--log-bytes=" + bounds.maxBytes(),
            "--log-wal-bytes=" + bounds.maxWalBytes()),
        ports.hub());
  }

  /**
   * In this process.
   *
   * @param faults what its threads failed with
   */
  record Here(WatchHub hub, List<AssertionError> faults) implements TestHub {
    @Override
    public int port() {
      return hub.port();
    }

    @Override
    public void kill() {
      throw new UnsupportedOperationException("this hub has no process of its own");
    }

    @Override
    public void close() {
      hub.close();
      for (AssertionError fault : faults) {
        throw fault;
      }
    }
  }

  /** In a process of its own. */
  record Elsewhere(WatchhubProcess process, int port) implements TestHub {
    @Override
    public void kill() {
      process.kill();
      process.close();
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
