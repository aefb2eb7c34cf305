package dev.watchhub.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.http.ProblemException;
import dev.watchhub.hub.log.Ancestor;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PositionWaitTest {
  private static final Position START = new Position(7, 3, new Lsn(1000));

  private final ChangeLog log = new ChangeLog(LogBounds.DEFAULT, System::nanoTime);

  PositionWaitTest() {
    List<Ancestor> ancestors = List.of(new Ancestor(2, new Lsn(800), new Lsn(900)));
    log.restart(Image.EMPTY, START, ancestors, ResetReason.EXPIRED);
    log.ready(true);
  }

  private static Position at(long lsn) {
    return START.at(new Lsn(lsn));
  }

  @Test
  void doesNotWaitForWhatIsThere() {
    PositionWait wait = new PositionWait(log, Duration.ZERO);
    assertThat(wait.await(START)).isSameAs(log.state());
    assertThat(wait.await(at(1))).isSameAs(log.state());
    assertThat(wait.await(new Position(7, 2, new Lsn(800)))).isSameAs(log.state());
  }

  @Test
  void waitsUntilTheLogIsThere() throws Exception {
    PositionWait wait = new PositionWait(log, Duration.ofSeconds(20));
    CompletableFuture<LogState> waiting = CompletableFuture.supplyAsync(() -> wait.await(at(1200)));
    log.advance(at(1100), 0);
    wait.wake();
    assertThat(waiting).isNotDone();
    log.advance(at(1300), 0);
    wait.wake();
    assertThat(waiting.get(10, TimeUnit.SECONDS).position()).isEqualTo(at(1300));
  }

  @Test
  void saysHowFarTheHubHasComeWhenTheTimeIsOver() {
    PositionWait wait = new PositionWait(log, Duration.ofMillis(20));
    assertThatThrownBy(() -> wait.await(at(1001)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(503);
              assertThat(e.problem().more()).containsEntry("position", START.toString());
            });
  }

  @Test
  void waitsForATimelineThatIsNotKnownYet() {
    PositionWait wait = new PositionWait(log, Duration.ofMillis(20));
    assertThatThrownBy(() -> wait.await(new Position(7, 4, new Lsn(1))))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(503));
  }

  @Test
  void doesNotTakeForReachedWhatAHubThatIsNotReadyHolds() {
    PositionWait wait = new PositionWait(log, Duration.ofMillis(20));
    log.ready(false);
    assertThatThrownBy(() -> wait.await(START))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(503));
  }

  @Test
  void refusesWhatWillNeverBe() {
    PositionWait wait = new PositionWait(log, Duration.ofSeconds(20));
    assertGone(wait, new Position(8, 3, new Lsn(1)), "cluster");
    assertGone(wait, new Position(7, 2, new Lsn(901)), "timeline");
    assertGone(wait, new Position(7, 1, new Lsn(1)), "timeline");
  }

  private static void assertGone(PositionWait wait, Position position, String reason) {
    assertThatThrownBy(() -> wait.await(position))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(410);
              assertThat(e.problem().more()).containsEntry("reason", reason);
            });
  }
}
