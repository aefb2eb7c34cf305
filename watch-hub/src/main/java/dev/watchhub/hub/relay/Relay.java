package dev.watchhub.hub.relay;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.hub.relay.Course.Turn;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.lifecycle.Backoff;
import dev.watchhub.lifecycle.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the commits of rows stamped {@code hub} by NOTIFY, many in one transaction, as long as
 * no other hub does.
 *
 * <p>It has a session only while there is something for it to do, and keeps it a little longer.
 *
 * <p>Threading: {@link #poll} belongs to one thread, which waits inside for the server; {@link
 * #status}, {@link #hasNews} and {@link #unblock} may be called by any.
 */
public final class Relay implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration TRY_LOCK_EVERY = Duration.ofSeconds(1);
  private static final Duration AFTER_A_REMEDY = Duration.ofSeconds(30);

  /** Less than the server's idle limit, which is for hubs that stand still. */
  private static final Duration KEEP_IDLE = Duration.ofSeconds(30);

  // Fixed at construction.
  private final Source source;
  private final ChangeLog log;
  private final LongSupplier nanoTime;

  // Polling thread only.
  private final Course course;
  private Backoff backoff = Backoff.between(Duration.ofMillis(100), Duration.ofSeconds(5));
  private Backoff visibility = Backoff.between(Duration.ofMillis(1), Duration.ofMillis(100));
  private long nextTryNanos;
  private long lastUsedNanos;
  private boolean locked;

  // Written by the polling thread, read anywhere.
  private volatile @Nullable RelaySession session;
  private volatile RelayStatus status = new RelayStatus("idle", "nothing to relay yet", 0, 0);

  private volatile boolean stopping;

  /** A relay that begins at the first {@link #poll} after the log is ready. */
  public Relay(Source source, ChangeLog log, LongSupplier nanoTime) {
    this.source = source;
    this.log = log;
    this.nanoTime = nanoTime;
    this.course = new Course(log);
    this.nextTryNanos = nanoTime.getAsLong();
  }

  /** How it stands. Any thread. */
  public RelayStatus status() {
    return status;
  }

  /** Whether the newest commit in the log is one to relay. Any thread. */
  public boolean hasNews() {
    return log.read(log.state().next() - 1) instanceof LogRead.Found found
        && found.entry().isByHub();
  }

  @Override
  public int poll() {
    if (nanoTime.getAsLong() - nextTryNanos < 0) {
      return 0;
    }
    try {
      if (!course.needsSession()) {
        letGoWhenIdle();
        return 0;
      }
      RelaySession current = connected();
      if (!locked && !lock(current)) {
        return 0;
      }
      if (!current.isOf(log.state().position())) {
        throw new SQLException("the server is not the one that the hub reads, or not yet");
      }
      return follow(course.turn(current));
    } catch (SQLException e) {
      failed(e);
      return 0;
    }
  }

  private RelaySession connected() throws SQLException {
    RelaySession current = session;
    if (current == null) {
      current = RelaySession.open(source);
      session = current;
      if (stopping) {
        throw new SQLException("stopping");
      }
      current.prepare();
    }
    return current;
  }

  private boolean lock(RelaySession current) throws SQLException {
    locked = current.tryLock();
    if (locked) {
      course.begin(current);
    } else {
      say("waiting", "another hub relays");
      tryAgainIn(TRY_LOCK_EVERY);
    }
    return locked;
  }

  private int follow(Turn turn) {
    lastUsedNanos = nanoTime.getAsLong();
    backoff = backoff.reset();
    if (turn == Turn.NOT_VISIBLE) {
      visibility = visibility.next();
      tryAgainIn(visibility.delay());
      say("waiting", "the next commit is not visible to other sessions yet");
      return 0;
    }
    visibility = visibility.reset();
    say("relaying", "announcing the rows stamped 'hub'");
    return turn == Turn.WENT_ON ? 1 : 0;
  }

  private void letGoWhenIdle() {
    if (session != null
        && course.settled()
        && nanoTime.getAsLong() - lastUsedNanos > KEEP_IDLE.toNanos()) {
      disconnect();
      say("idle", "nothing to relay");
    }
  }

  private void failed(SQLException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    Optional<String> remedy = remedy(String.valueOf(e.getSQLState()));
    String detail = message + remedy.map(what -> ": run " + what).orElse("");
    course.sessionFailed();
    disconnect();
    if (!stopping && !status.detail().equals(detail)) {
      LOG.warn("not relaying: {}", detail);
    }
    say("off", detail);
    backoff = backoff.next();
    tryAgainIn(remedy.isEmpty() ? backoff.delay() : AFTER_A_REMEDY);
  }

  /** What a person can do about an error. */
  private Optional<String> remedy(String sqlState) {
    RelaySession current = session;
    return switch (sqlState) {
      case "42501" ->
          Optional.of(
              "GRANT SELECT, UPDATE ON %s.config_relay TO %s;"
                  .formatted(source.schema(), current == null ? "the role" : current.role()));
      case "42P01", "42703", "42883" -> Optional.of("./watchhub install");
      default -> Optional.empty();
    };
  }

  private void say(String state, String detail) {
    status = new RelayStatus(state, detail, course.commits(), course.transactions());
  }

  private void tryAgainIn(Duration delay) {
    nextTryNanos = nanoTime.getAsLong() + delay.toNanos();
  }

  private void disconnect() {
    RelaySession current = session;
    session = null;
    locked = false;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public Duration pause() {
    long rest = nextTryNanos - nanoTime.getAsLong();
    return rest > 0 ? Duration.ofNanos(rest) : LOOK_EVERY;
  }

  @Override
  public void unblock() {
    stopping = true;
    RelaySession current = session;
    if (current != null) {
      current.abort();
    }
  }

  @Override
  public void stop() {
    disconnect();
  }
}
