package dev.watchhub.hub.http;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.protocol.Position;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Lets requests wait until the log has come to a position. A waiting one holds its thread, so only
 * so many may.
 *
 * <p>Threading: any.
 */
public final class PositionWait {
  private static final Duration USUAL_LIMIT = Duration.ofSeconds(5);
  private static final int MAX_WAITING = 64;

  private final ChangeLog log;
  private final Duration limit;
  private final Semaphore places = new Semaphore(MAX_WAITING);
  private final Object news = new Object();

  public PositionWait(ChangeLog log) {
    this(log, USUAL_LIMIT);
  }

  /**
   * @param limit how long a request waits
   */
  PositionWait(ChangeLog log, Duration limit) {
    this.log = log;
    this.limit = limit;
  }

  /** The log has changed. Costs next to nothing when nobody waits. */
  public void wake() {
    if (places.availablePermits() < MAX_WAITING) {
      synchronized (news) {
        news.notifyAll();
      }
    }
  }

  /**
   * The state of the log once it holds everything up to {@code position}.
   *
   * @throws ProblemException 410 if it never will: the position is of another cluster, or of a
   *     timeline that was left; 503 if it does not in time
   */
  LogState await(Position position) {
    LogState state = log.state();
    if (reaches(state, position)) {
      return state;
    }
    if (!places.tryAcquire()) {
      throw new ProblemException(
          new Problem(503, MAX_WAITING + " requests wait for a position already"));
    }
    try {
      return awaitNews(position);
    } finally {
      places.release();
    }
  }

  private LogState awaitNews(Position position) {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (news) {
      while (true) {
        LogState state = log.state();
        if (reaches(state, position)) {
          return state;
        }
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new ProblemException(
              new Problem(
                  503,
                  "the hub has not come to that position within %d ms; it is at %s"
                      .formatted(limit.toMillis(), state.position()),
                  Map.of("position", state.position().toString())));
        }
        try {
          news.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new ProblemException(new Problem(503, "the hub stops"));
        }
      }
    }
  }

  private static boolean reaches(LogState state, Position position) {
    return switch (state.standing(position)) {
      case REACHED -> state.ready();
      case AHEAD -> false;
      case CLUSTER -> throw gone("another database cluster", "cluster");
      case TIMELINE -> throw gone("a timeline that the database has left before it", "timeline");
    };
  }

  private static ProblemException gone(String where, String reason) {
    return new ProblemException(
        new Problem(410, "the position is of " + where, Map.of("reason", reason)));
  }
}
