package dev.watchhub.controlplane.api;

import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.http.Excerpt;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Position;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the answers of writes until nodes have applied them.
 *
 * <p>Threading: any thread adds a write. The thread {@code arrivals} looks at the nodes, once for
 * all that wait, at most ten times a second and at most half of its time, and only while somebody
 * waits. No thread of the server is held.
 */
final class Arrivals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);
  private static final int MAX_WAITING = 1000;
  private static final Duration LEAST_PAUSE = Duration.ofMillis(100);
  private static final Duration IDLE_PAUSE = Duration.ofMinutes(1);

  /** A write that was committed and is not answered. */
  private static final class Waiting {
    final Map<String, Long> puts;
    final ArrivalWait wait;
    final long startNanos = System.nanoTime();
    final CompletableFuture<Arrival> answer = new CompletableFuture<>();
    final Position wanted;

    Waiting(Map<String, Long> puts, ArrivalWait wait, Position wanted) {
      this.puts = Map.copyOf(puts);
      this.wait = wait;
      this.wanted = wanted;
    }

    long restNanos() {
      return wait.limit().toNanos() - (System.nanoTime() - startNanos);
    }
  }

  private final FleetSource source;
  private final Worker worker;
  private final Object lock = new Object();

  // Guarded by the lock.
  private final List<Waiting> waiting = new ArrayList<>();

  private Arrivals(FleetSource source) {
    this.source = source;
    this.worker =
        Worker.start("arrivals", new Look(), (name, cause) -> LOG.error("{} ended", name, cause));
  }

  /** Starts its thread. */
  static Arrivals start(FleetSource source) {
    return new Arrivals(source);
  }

  /**
   * What a write is to wait for, as its query says; to be asked before something is written.
   *
   * @throws ProblemException 400 if it is malformed, 503 if too many writes wait
   */
  ArrivalWait wait(Context context, QueryParameters query) {
    ArrivalWait wait = ArrivalWait.of(query);
    synchronized (lock) {
      if (!wait.equals(ArrivalWait.NONE) && waiting.size() >= MAX_WAITING) {
        context.header("Retry-After", "1");
        throw new ProblemException(
            new Problem(
                    503,
                    MAX_WAITING + " writes wait for nodes already; nothing was written",
                    Map.of("field", ArrivalWait.PARAMETER))
                .ofType("too-many-waiting"));
      }
    }
    return wait;
  }

  /**
   * Answers a write that was committed: at once when nothing is to be waited for, otherwise when
   * enough nodes have it; with 202 when the time is over; with 409 when a node has refused it.
   *
   * @param context with the status that a write has which arrives
   * @param puts the keys that got a value, each with its revision
   * @param position at or after the commit
   * @param body writes the answer; given null when nothing was waited for
   */
  void answer(
      Context context,
      ArrivalWait wait,
      Map<String, Long> puts,
      Position position,
      Consumer<@Nullable Arrival> body) {
    if (wait.equals(ArrivalWait.NONE)) {
      body.accept(null);
      return;
    }
    Waiting write = new Waiting(puts, wait, position);
    context.future(
        () -> {
          synchronized (lock) {
            waiting.add(write);
          }
          worker.wake();
          return write.answer.thenAccept(arrival -> answer(context, write, arrival, body));
        });
  }

  private static void answer(
      Context context, Waiting write, Arrival arrival, Consumer<@Nullable Arrival> body) {
    if (!arrival.refused().isEmpty()) {
      Arrival.Refusal first = arrival.refused().get(0);
      HttpServer.answer(
          context,
          new Problem(
                  409,
                  "the write stands, and node %s refused %s at revision %d: %s"
                      .formatted(
                          first.node(),
                          Excerpt.of(first.key()),
                          first.revision(),
                          Excerpt.of(first.reason())),
                  Map.of(
                      "written",
                      new TreeMap<>(write.puts),
                      "position",
                      write.wanted.toString(),
                      "refused",
                      arrival.refusedFields()))
              .ofType("refused-by-node"));
      return;
    }
    if (!arrival.satisfies(write.wait)) {
      context.status(202);
    }
    body.accept(arrival);
  }

  private final class Look implements Worker.Step {
    private Duration pause = IDLE_PAUSE;

    @Override
    public int poll() {
      long start = System.nanoTime();
      List<Waiting> some;
      synchronized (lock) {
        some = List.copyOf(waiting);
      }
      if (some.isEmpty()) {
        pause = IDLE_PAUSE;
        return 0;
      }
      @Nullable Fleet fleet = look();
      for (Waiting write : some) {
        settle(write, fleet);
      }
      pause = pause(Duration.ofNanos(System.nanoTime() - start));
      return 0;
    }

    private @Nullable Fleet look() {
      try {
        return source.look();
      } catch (StoreException e) {
        LOG.debug("the database could not be asked what nodes have applied", e);
        return null;
      }
    }

    private void settle(Waiting write, @Nullable Fleet fleet) {
      Arrival arrival;
      if (fleet == null) {
        arrival = Arrival.unknown("the database does not answer");
      } else {
        arrival = Arrival.of(fleet, write.wanted, write.puts);
      }
      if (!arrival.refused().isEmpty() || arrival.satisfies(write.wait) || write.restNanos() <= 0) {
        synchronized (lock) {
          waiting.remove(write);
        }
        write.answer.complete(arrival);
      }
    }

    /** As long as the look took, but no longer than until the first one's time is over. */
    private Duration pause(Duration took) {
      Duration rest = took.compareTo(LEAST_PAUSE) > 0 ? took : LEAST_PAUSE;
      synchronized (lock) {
        for (Waiting write : waiting) {
          Duration until = Duration.ofNanos(Math.max(1, write.restNanos()));
          rest = until.compareTo(rest) < 0 ? until : rest;
        }
      }
      return rest;
    }

    @Override
    public Duration pause() {
      return pause;
    }
  }

  /** Ends its thread. Idempotent; whoever waits then is not answered. */
  @Override
  public void close() {
    worker.close();
  }
}
